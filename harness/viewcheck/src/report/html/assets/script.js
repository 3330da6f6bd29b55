// Writes the stand-alone script of a case, in Python: its steps with plain checks of what they give, short enough for a
// report of a bug. Only what can't be said plainly is left to the machinery of findings, which `data.machinery` contains.
//
// `script(theCase, outcome, data)` returns the text. With an outcome, the script also checks that in which the engine
// differed, if the case does not say it. The script exits with 0 if everything is as expected, with 1 if something is
// not, and with 2 if the Python that runs it lacks something. Text of engines reaches the script only in comments and as
// literals: `told` and `literal` see to that.

const script = (() => {
  const WIDTH = 110;
  // Stands for a line feed in a text of Python that is not to be indented.
  const KEPT = "\ue000";
  const NAME = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y;
  const STRING = /[rRbBuUfF]{0,2}(?:"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*')/y;
  const NUMBER = /(?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?)/y;
  const OTHER = /#[^\n]*|\\\n|\.\.\.|->|:=|\*\*=?|\/\/=?|<<=?|>>=?|[-+*/%@&|^<>=!]=|[^]/y;
  const KEYWORDS = new Set(("False None True and as assert async await break class continue def del elif else except finally " +
    "for from global if import in is lambda nonlocal not or pass raise return try while with yield").split(" "));
  // The keywords with which an expression can begin.
  const BEGINNERS = new Set(["False", "None", "True", "await", "lambda", "not", "yield"]);
  const LITERALS = new Set(("True False None array bool bytearray bytes complex dict float int list memoryview object range " +
    "set slice str tuple type").split(" "));

  const SIGNS = new Set(["(", ")", "[", "]", ",", "-", "..."]);

  // Python text.

  /** The tokens of a Python text without spaces and comments, each with its depth in brackets. */
  function tokens(text) {
    const found = [];
    let at = 0, depth = 0;
    while (at < text.length) {
      const [kind, part] = token(text, at);
      if (kind === "other" && ")]}".includes(part)) depth -= 1;
      if (!/^(?:[ \t]|#|\\\n)/.test(part)) found.push({ kind, part, at, depth });
      if (kind === "other" && "([{".includes(part)) depth += 1;
      at += part.length;
    }
    return found;
  }

  function token(text, at) {
    for (const [kind, pattern] of [["string", STRING], ["name", NAME], ["number", NUMBER], ["other", OTHER]]) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match) return [kind, match[0]];
    }
    return ["other", text[at]];
  }

  /**
   * A step: what comes before its last statement (`head`), that statement if it is an expression (`value`), and the name
   * that it binds if it is an assignment (`name`).
   */
  function read(text) {
    text = text.replace(/\s+$/, "");
    const all = tokens(text);
    const step = { text, head: "", value: null, name: null };
    let start = 0;
    for (const [index, { part, depth }] of all.entries()) {
      if (depth === 0 && (part === "\n" || part === ";")) start = index + 1;
    }
    const last = all.slice(start);
    const from = last.length ? last[0].at : text.length;
    const isBlock = /^[ \t]/m.test(text.slice(text.lastIndexOf("\n", from) + 1)) || all.slice(0, start).some(
      ({ part, depth }, index) => part === ":" && depth === 0 && all[index + 1].part !== "\n");
    if (!last.length || isBlock || (KEYWORDS.has(last[0].part) && !BEGINNERS.has(last[0].part))) return step;
    const sign = last.findIndex(({ part, depth, kind }) =>
      kind === "other" && depth === 0 && /^(?:=|[^=!<>:]+=|>>=|<<=)$/.test(part));
    if (sign < 0 || last.slice(0, sign).some(({ part }) => part === "lambda")) {
      step.head = text.slice(0, from).replace(/[\s;]+$/, "");
      const value = text.slice(from);
      step.value = last.some(({ part, depth }) => part === "," && depth === 0) ? `(${value})` : value;
    } else if (sign === 1 && last[0].kind === "name") {
      step.name = last[0].part;
    }
    return step;
  }

  /** A text as a Python literal in ASCII. */
  function quoted(text) {
    const quote = text.includes('"') && !text.includes("'") ? "'" : '"';
    let out = quote;
    for (const char of text) {
      const code = char.codePointAt(0);
      if (char === quote || char === "\\") out += "\\" + char;
      else if (char === "\n") out += "\\n";
      else if (code >= 32 && code < 127) out += char;
      else if (code < 0x100) out += "\\x" + code.toString(16).padStart(2, "0");
      else if (code < 0x10000) out += "\\u" + code.toString(16).padStart(4, "0");
      else out += "\\U" + code.toString(16).padStart(8, "0");
    }
    return out + quote;
  }

  /** A text as one line of a comment. */
  function told(text) {
    return visible(String(text).replace(/[\t\n\ud800-\udfff]/gu, (char) => quoted(char).slice(1, -1)));
  }

  /** A value as reports write it, as Python text; null if it is more than a literal. */
  function literal(text, array) {
    const parts = tokens(text);
    const isPlain = ({ kind, part }) => kind === "name" ? LITERALS.has(part)
      : kind === "string" ? !/^[a-z]*f/i.test(part) : kind === "number" || SIGNS.has(part);
    if (!parts.length || !parts.every(isPlain)) return null;
    return text.replace(/\barray\('/g, `${array}('`);
  }

  // What is expected.

  /** Adds to the expectation of a step that in which an engine differed. False if the text does not tell enough. */
  function add(entry, facet, text, array) {
    const says = ["gives", "raises", "shares", "type"].some((key) => entry[key] !== undefined);
    const also = (expression, value) => entry.also.push({ expression, value });
    const attribute = (name, value) => also((view) => `${atom(view)}.${name}`, value);
    const axis = text.match(/^(shape|strides|suboffsets) \[([-\d, ]*)\]$/);
    const single = text.match(/^(format|itemsize) (.+)$/);
    const state = text.match(/^(`\w+`|the object under `\w+`) (is|holds) ([^]+)$/);
    if (/…/.test(text)) return false;
    switch (facet) {
      case "shape": case "strides": case "suboffsets":
        return axis && attribute(axis[1], `(${axis[2]}${/^-?\d+$/.test(axis[2]) ? "," : ""})`);
      case "format": case "itemsize":
        return single && literal(single[2], array) && attribute(single[1], single[2]);
      case "readonly":
        return attribute("readonly", text === "a read-only view" ? "True" : "False");
      case "exporter": case "offset":
        return says && entry.shares ? null : place(entry, text, also);
      case "lock": case "contents": case "released":
        return state && after(entry, state, array);
      case "printed":
        if (entry.prints === undefined) entry.prints = text === "nothing printed" ? '""' : literal(text, array);
        return null;
      default:
        return says ? null : outcomeOf(entry, text, array);
    }
  }

  function place(entry, text, also) {
    const [, byte, name, kind] = text.match(/^(?:a view )?from (?:byte (\d+) of|somewhere in) (?:`(\w+)`|an unnamed ([\w.]+))/) || [];
    if (name && byte) entry.starts = [name, byte];
    else if (name) also((view) => `${atom(view)}.obj is ${name}`, "True");
    else if (kind) also((view) => `type(${atom(view)}.obj).__name__`, quoted(kind.split(".").pop()));
  }

  /** What is to be seen of an object after the step. */
  function after(entry, [, object, , what], array) {
    const name = object.match(/`(\w+)`/)[1];
    const owner = object.startsWith("the") ? `${name}.obj` : name;
    const known = { "locked": ["is_locked", "True"], "not locked": ["is_locked", "False"],
      "a view": ["is_released", "False"], "a released view": ["is_released", "True"] }[what];
    if (known) entry.after.push({ expression: `${known[0]}(${owner})`, value: known[1] });
    else if (literal(what, array)) entry.after.push({ expression: `bytes(${owner})`, value: what });
  }

  /** A value or an error in the words of reports. */
  function outcomeOf(entry, text, array) {
    const error = text.match(/^([A-Za-z_]\w*(?:Error|Exception|Warning|Exit|Iteration|error))(?:: ([^]*))?$/);
    const kind = text.match(/^(?:a value of type ([\w.]+)|<([\w.]+) object>)$/);
    const value = literal(text, array);
    if (error) Object.assign(entry, { raises: error[1], message: error[2] === undefined ? "" : error[2] });
    else if (kind) entry.type = kind[1] || kind[2];
    else if (text === "a released view") entry.also.push({ expression: (view) => `is_released(${view})`, value: "True" });
    else if (value !== null) entry.gives = value;
  }

  /** An expression that can stand before a dot. */
  function atom(text) {
    const isAtom = tokens(text).every(({ kind, part, depth }) =>
      depth > 0 || (kind === "name" && !KEYWORDS.has(part)) || "()[].".includes(part));
    return isAtom ? text : `(${text})`;
  }

  /** The steps of a case with what is expected of each, and what is to be looked at besides because of an outcome. */
  function stepsOf(theCase, outcome) {
    const texts = theCase.steps.map(([text]) => text).join("\n");
    const array = /from array import/.test(texts) ? "array" : "array.array";
    const entryOf = (entry) => ({ ...entry, also: [], after: [], prints: entry.prints === undefined ? undefined : quoted(entry.prints.replace(/\n+$/, "")) });
    const steps = theCase.steps.map(([text, , entries]) => {
      const step = { ...read(text), entries: (entries && entries.length ? entries : [{}]).map(entryOf) };
      step.entries.forEach((entry) => { if (entry.gives !== undefined) entry.gives = literal(entry.gives, array) || entry.gives; });
      return step;
    });
    if (outcome && outcome.facet && outcome.expected) {
      const law = outcome.expected.match(/^after the case, `([^]*?)` gives ([^]*)$/);
      // The expected bytes follow from the items: of any byte but zero, these are True.
      const bools = law && outcome.law === "bytes-are-packed-items" && texts.includes("'?'") && law[1].match(/^(.*)\.tobytes\(\)$/);
      if (bools) law.splice(1, 2, `${bools[1]}.tolist() == [byte != 0 for byte in ${law[1]}]`, "True");
      if (law) steps.push({ ...read(law[1]), entries: [entryOf({})] });
      const step = law ? steps[steps.length - 1] : steps[outcome.step - 1];
      if (step) step.entries.forEach((entry) => add(entry, outcome.facet, law ? law[2] : outcome.expected, array));
    }
    return steps;
  }

  /** The versions of Python, as a condition. */
  function condition(python) {
    const bound = (version) => `(${version.split(".").join(", ")})`;
    const clauses = python.split(",").map((clause) => clause.trim().match(/^(<=|>=|==|!=|<|>)\s*([\d.]+)$/)).filter(Boolean);
    if (clauses.length === 2 && clauses[0][1] === ">=" && clauses[1][1] === "<") {
      return `${bound(clauses[0][2])} <= sys.version_info < ${bound(clauses[1][2])}`;
    }
    return clauses.map(([, sign, version]) => /^(?:>=|<)$/.test(sign) ? `sys.version_info ${sign} ${bound(version)}`
      : `sys.version_info[:${version.split(".").length}] ${sign} ${bound(version)}`).join(" and ");
  }

  // What both kinds of script are made of.

  const indent = (lines) => lines.map((line) => line.replace(/^(?=.)/gm, "    "));

  /** A call, on one line if it fits. */
  function call(name, parts) {
    const line = `${name}(${parts.join(", ")})`;
    return line.length <= WIDTH ? line : `${name}(\n    ${parts.join(",\n    ")})`;
  }

  /** The lines of a step: one of several ways, by the version of Python. */
  function byVersion(entries, lines) {
    if (entries.length === 1) return entries[0].python ? [`if ${condition(entries[0].python)}:`, ...indent(lines(entries[0]))] : lines(entries[0]);
    return entries.flatMap((entry, index) => {
      const isLast = index === entries.length - 1;
      return [isLast ? "else:" : `${index ? "elif" : "if"} ${condition(entry.python)}:`, ...indent(lines(entry))];
    });
  }

  /** The modules that a step imports, if it does nothing else. */
  function imports(step) {
    const isImport = /^(?:import|from)\s[\w., ]+(?:import\s[\w, ]+)?$/.test(step.text);
    if (!isImport || step.entries.length !== 1 || step.entries[0].raises) return null;
    return step.text.replace(/^from (\S+) .*|^import /, "$1").split(",").map((name) => name.trim().split(" ")[0]);
  }

  const helpersIn = (text) => new Map(text.split(/\n\n\n(?=class |def )/).slice(1).map((part) => [part.match(/\w+ (\w+)/)[1], part.trimEnd()]));
  const uses = (text, name) => new RegExp(`(?<![\\w.'"])${name}\\(`).test(text);

  // A plain script.

  function plainStep(step) {
    const simple = ["python", "gives"];
    const isSimple = (entry) => entry.gives !== undefined && !entry.also.length && !entry.after.length &&
      Object.keys(entry).every((key) => simple.includes(key) || key === "also" || key === "after" || entry[key] === undefined);
    if (step.entries.length === 2 && step.entries.every(isSimple)) {
      const [one, two] = step.entries;
      const either = `${one.gives} if ${condition(one.python)} else ${two.gives}`;
      if (either.length < 70) return plainLines(step, { ...one, gives: either });
    }
    return byVersion(step.entries, (entry) => plainLines(step, entry));
  }

  function plainLines(step, entry) {
    const compared = (found, expected) => call("check", [/ at 0x\.\.\./.test(expected) ? `masked(${found})` : found, expected]);
    const checks = entry.also.map(({ expression, value }) => (view) => compared(expression(view), value));
    const shares = entry.shares ? entry.shares.match(/^(\w+)\[(-?\d+)\]$/) : null;
    const starts = entry.starts || (shares && shares.slice(1));
    if (starts) checks.unshift((view) => `check_start(${view}, ${starts[0]}, ${starts[1]})`);
    if (entry.type) checks.unshift((value) => compared(`type(${value}).__name__`, quoted(entry.type.split(".").pop())));
    if (entry.gives !== undefined) checks.unshift((value) => compared(value, entry.gives));
    // What the checks themselves allocate does not count.
    const counted = (block) => entry.allocates ? [`with allocates(${quoted(entry.allocates)}):`, ...indent(block)] : block;
    let lines = [step.text];
    if (entry.raises) {
      const hasText = entry.message !== undefined && !/ at 0x|^\.\.\.: /.test(entry.message);
      const expected = [quoted(entry.raises)].concat(hasText ? [quoted(entry.message.replace(/\n+$/, ""))] : []);
      lines = [`with raises(${expected.join(", ")}):`, ...indent(counted(lines))];
    } else if (checks.length && step.name) {
      lines = counted(lines).concat(checks.map((check) => check(step.name)));
    } else if (checks.length && step.value) {
      lines = step.head ? [step.head] : [];
      if (checks.length === 1 && !entry.allocates) lines.push(checks[0](step.value));
      else lines = counted([...lines, `result = ${step.value}`]).concat(checks.map((check) => check("result")), "del result");
    } else lines = counted(lines);
    if (entry.prints) lines = [`with prints(${entry.prints}):`, ...indent(lines)];
    if (entry.locks) lines.push(`check_locks([${[...entry.locks].sort().map(quoted).join(", ")}])`);
    lines.push(...entry.after.map(({ expression, value }) => compared(expression, value)));
    return lines;
  }

  /** What must be there before the steps can run. */
  function requirements(theCase) {
    const lines = [];
    const lacking = (test, what) => lines.push(`if ${test}:`, `    lacks(${quoted(what)})`);
    if (theCase.python) lacking(`not (${condition(theCase.python)})`, `the behaviour of Python ${theCase.python}`);
    for (const need of theCase.needs || []) {
      if (need === "pep688") lacking('not hasattr(bytearray, "__buffer__")', "PEP 688");
      if (need === "lp64") lacking('__import__("struct").calcsize("l") != 8', "a C long of eight bytes");
      if (need === "ilp32") lacking('__import__("struct").calcsize("P") != 4', "pointers of four bytes");
      if (need === "refcounting") lacking("not counts_references()", "reference counting");
      if (need === "collector") lacking('not hasattr(__import__("gc"), "get_referrers")', "a garbage collector that can be asked");
    }
    return lines;
  }

  /** The parts of the runner that make what no Python has. */
  function extensions(texts) {
    return [["hook", ["hook"]], ["capi", ["request", "get_contiguous"]], ["exporter", ["exporter"]]]
      .filter(([, names]) => names.some((name) => uses(texts, name))).map(([part]) => part);
  }

  function plain(theCase, steps, used, machinery) {
    // A class needs no function that makes it.
    const bare = (text) => text.replace(/^"""[^]*?"""\n+/, "").replace(/\n\n\ndef make_hook[^]*$/, "").trimEnd();
    const attempt = (line, except, what) => ["try:", ...indent([line]), `except ${except}:`, `    lacks(${quoted(what)})`];
    const body = requirements(theCase);
    if (steps.some((step) => step.entries.some((entry) => entry.allocates))) body.push(...attempt("import tracemalloc", "ImportError", "tracemalloc"));
    if (used.includes("hook")) body.push(...attempt('b"abc"[hook(1)]', "Exception", "special methods that a hook needs"));
    if (used.includes("capi")) body.push(...attempt("globals().update(make_capi())", "Exception", "the C API"));
    for (const step of steps) {
      const modules = imports(step);
      body.push(...(modules ? attempt(step.text, "ImportError", modules.join(" or ")) : plainStep(step)));
    }
    const helpers = helpersIn(machinery.helpers);
    const wanted = [];
    for (let text = body.join("\n"), before = -1; before !== wanted.length;) {
      before = wanted.length;
      for (const [name, part] of helpers) {
        if (!wanted.includes(name) && uses(text, name)) { wanted.push(name); text += part; }
      }
    }
    const parts = [...helpers.keys()].filter((name) => wanted.includes(name)).map((name) => helpers.get(name));
    const made = used.map((part) => bare(machinery[part]));
    const code = [...made, ...parts, body.join("\n")];
    const modules = ["gc", "io", "re", "sys"].filter((name) => new RegExp(`\\b${name}\\.`).test(parts.join() + body.join("\n")));
    const start = modules.map((name) => `import ${name}`);
    if (used.includes("capi")) start.push("try:\n    import ctypes\nexcept ImportError:\n    ctypes = None");
    return [...start, ...(code.length > 1 ? ["", ""] : []), code.join("\n\n\n"), 'print("as expected")'].join("\n");
  }

  // A script with the machinery.

  function machineLines(step, entry) {
    const raw = (text) => /["\\\n]/.test(text) && /^[\n -~]*$/.test(text) && !text.includes('"""') && !/["\\]$/.test(text)
      ? `r"""${text.replace(/\n/g, KEPT)}"""` : quoted(text);
    const value = step.name || step.value;
    const parts = [raw(step.value ? step.head : step.text)];
    const shares = entry.shares ? entry.shares.match(/^(\w+)\[(-?\d+)\]$/).slice(1) : entry.starts;
    const isType = entry.gives !== undefined && LITERALS.has(entry.gives) && !/^(?:True|False|None)$/.test(entry.gives);
    if (value && !entry.raises) parts.push(raw(value));
    else if (step.value) parts.push(raw(step.value));
    if (entry.raises) {
      const text = entry.message === undefined ? "None" : quoted(entry.message.replace(/\n+$/, ""));
      parts.push(`raises=(${quoted(entry.raises)}, ${text})`);
    }
    if (entry.gives !== undefined) parts.push("gives=" + (isType ? `Type(${quoted(entry.gives)})` : entry.gives));
    if (entry.type) parts.push("kind=" + quoted(entry.type.split(".").pop()));
    if (shares) parts.push(`shares=(${quoted(shares[0])}, ${shares[1]})`);
    if (entry.prints) parts.push("prints=" + entry.prints);
    if (entry.locks) parts.push(`locks=[${[...entry.locks].sort().map(quoted).join(", ")}]`);
    const also = entry.also.map(({ expression, value: expected }) => call("check", ['""', raw(expression(value)), "gives=" + expected]));
    return [call("check", parts), ...also];
  }

  function machine(theCase, steps, used, machinery) {
    const texts = steps.map((step) => step.text);
    const names = new Set();
    texts.forEach((text) => {
      const all = tokens(text);
      all.forEach(({ kind, part }, index) => {
        if (kind === "name" && !KEYWORDS.has(part) && (!index || all[index - 1].part !== ".")) names.add(part);
      });
    });
    const body = used.map((part) => `need(${quoted(part)})`);
    for (const step of steps) {
      const modules = imports(step);
      if (modules) body.push(...modules.map((name) => `need(${quoted(name)})`));
      body.push(...byVersion(step.entries, (entry) => machineLines(step, entry)));
    }
    const lacks = requirements(theCase).join("\n").replace(/lacks\((.*)\)$/gm, "need($1)");
    const parts = [machinery.observe, machinery.outcome, machinery.memory];
    for (const part of used.includes("exporter") ? ["hook", "capi", "exporter"].filter((part) => part !== "hook" || used.includes(part)) : used) {
      parts.push(machinery[part]);
    }
    return ["import sys", `ORDER = [${[...names].map(quoted).join(", ")}]`, "", "", "def program():",
      ...indent([...(lacks ? [lacks] : []), ...body])].join("\n") + "\n" + machinery.steps.join("") + "\n\n" + parts.join("\n\n") +
      '\n\nif __name__ == "__main__":\n    prepare()\n    find_memory()\n    program()\n    say("as expected")';
  }

  // The script.

  /** The comment at the top: the claim, where it is from, and what engines did. */
  function header(theCase, outcome, data) {
    const file = data.files[theCase.file];
    const claim = file.claims[theCase.claim] || [];
    const says = theCase.says || claim[2] || "";
    const lines = theCase.instead === undefined ? [says] : [`It is said: ${says}`, `It is not so: ${theCase.instead}`];
    lines.push(`Case ${theCase.id}, ${file.file}:${theCase.line}${file.document ? ` (document ${file.label}, ${theCase.section || claim[1] || ""})` : ""}`);
    const index = data.outcomes.indexOf(outcome);
    const group = outcome && theCase.results.find(([number]) => number === index);
    if (group && !["pass", "skip"].includes(outcome.status)) {
      const engines = data.groups[group[1]].map((number) => data.engines[number].what.replace(/\s+/g, " "));
      lines.push("", `Not as expected: ${engines.slice(0, 5).join("; ")}${engines.length > 5 ? `; ${engines.length - 5} more` : ""}`);
      if (outcome.expected !== undefined) {
        const isLaw = outcome.expected.startsWith("after the case");
        lines.push(`${isLaw ? "" : `In step ${outcome.step}, `}${outcome.facet}: expected ${outcome.expected}`, `  found ${outcome.actual}`);
      } else lines.push(`Outcome: ${outcome.known_as || outcome.status}`);
      if (outcome.reason) lines.push(`${outcome.status === "known" ? "Known" : "Reason"}: ${outcome.reason}`);
    }
    return lines.map((line) => wrapped(told(line))).join("\n");
  }

  function wrapped(text) {
    const lines = text.match(/.{1,106}(?:\s|$)|.{1,106}/gu) || [""];
    return lines.map((line) => `# ${line}`.trimEnd()).join("\n");
  }

  /** The line by which an implementation that is compared with another version than its own is taken for that one. */
  function versionOf(theCase, outcome, data) {
    const index = data.outcomes.indexOf(outcome);
    const group = theCase.results.find(([number]) => number === index);
    const own = (engine) => ["cpython", "pyodide"].includes(engine.implementation);
    const engine = group && data.groups[group[1]].map((number) => data.engines[number])
      .find((engine) => !own(engine) && (engine.compared || []).length);
    if (!engine) return null;
    const version = engine.compared[engine.compared.length - 1].split(".").join(", ");
    return `version = (${version}) if sys.implementation.name == ${quoted(engine.implementation)} else sys.version_info`;
  }

  function script(theCase, outcome, data) {
    const steps = stepsOf(theCase, outcome);
    const texts = steps.map((step) => step.text).join("\n");
    const used = extensions(texts);
    const reserved = [...helpersIn(data.machinery.helpers).keys(), "result", "Buffer", "make_hook", "make_capi"];
    const names = new Set(tokens(texts).filter(({ kind }) => kind === "name").map(({ part }) => part));
    const isPlain = !used.includes("exporter") && !reserved.some((name) => names.has(name)) &&
      !tokens(texts).some(({ kind, part }) => kind === "string" && part.includes("\n"));
    let body = (isPlain ? plain : machine)(theCase, steps, used, data.machinery);
    const version = outcome && isPlain && !names.has("version") && body.includes("sys.version_info") && versionOf(theCase, outcome, data);
    if (version) body = body.replaceAll("sys.version_info", "version").replace(/^((?:import .*\n)*import .*)$/m, `$1\n\n${version}`);
    return `${header(theCase, outcome, data)}\n\n${body.trimStart().replaceAll(KEPT, "\n")}\n`;
  }

  return script;
})();
