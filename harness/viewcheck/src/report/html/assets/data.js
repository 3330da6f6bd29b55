// data.js: reads the data that the page carries, and answers questions about it.
//
// The data are base64 of gzip of JSON (report/html/pack.rs says what is in it). Here it becomes a `model`: the same
// tables, with what the filters and the list ask often. Nothing here touches the document, except to read the data.

/** The statuses: a symbol for the strip of a case, and words. The order is that of the filters. */
const STATUSES = {
  fail: ["✗", "fail", "It differs from what the case expects."],
  crash: ["!", "crash", "The process died."],
  hang: ["∞", "hang", "The program did not come to its end."],
  known: ["≠", "known", "It differs, and spec/known lists the difference."],
  stale: ["↑", "stale", "It passes, although spec/known lists a difference."],
  error: ["E", "error", "The engine did not keep the protocol."],
  open: ["?", "open", "It could not be judged."],
  pass: ["✓", "pass", "It is as the case expects."],
  skip: ["–", "skip", "The engine lacks what the case needs."],
};

/** The severities of differences, the worst first, with the symbols that the other pages use too. */
const SEVERITIES = {
  "wrong bytes": "✗",
  "wrong value": "≠",
  crash: "!",
  hang: "∞",
  "missing error": "∅",
  "unexpected error": "▲",
  "error type": "△",
  wording: "~",
};

/** Decodes base64 to bytes, with the browser's own function where there is one. */
function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Reads an element with data, and empties it: a promise of what it holds. */
function unpacked(element) {
  const bytes = bytesOf(element.textContent.trim());
  element.textContent = "";
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** Reads the data of the list of cases: a promise of the model. */
async function loadData(element) {
  return modelOf(await unpacked(element));
}

/** Gives every case its text and its scenes, which only opened ones need: a promise that they are there. */
function loadDetails(model) {
  model.details ??= unpacked(document.getElementById("details")).then(({ source, views }) => {
    model.data.cases.forEach((item, index) => Object.assign(item, { source: source[index], views: views[index] }));
    model.isWhole = true;
  });
  return model.details;
}

/** Makes the model of the data. */
function modelOf(data) {
  const byId = new Map();
  data.cases.forEach((item, index) => byId.set(item.id, index));
  const tables = new Map();
  for (const { id } of data.cases) {
    const table = id.split("/")[0];
    if (!byId.has(table) && !tables.has(table)) tables.set(table, id);
  }
  const used = (values) => [...new Set(values)];
  const present = new Set(data.outcomes.map((outcome) => outcome.status));
  const severities = new Set(data.outcomes.map((outcome) => outcome.severity));
  const statuses = Object.keys(STATUSES).filter((status) => present.has(status));
  return {
    data,
    byId,
    /** Of each table, the id of its first row. */
    tables,
    statuses,
    engines: data.engines.map((engine) => engine.name),
    areas: used(data.files.map((file) => file.area)),
    documents: data.files.filter((file) => file.document).map((file) => file.label),
    facets: used(data.outcomes.map((outcome) => outcome.facet).filter(Boolean)).sort(),
    severities: Object.keys(SEVERITIES).filter((severity) => severities.has(severity)),
    /** Of each outcome, the bit of its status. */
    bits: data.outcomes.map((outcome) => 1 << statuses.indexOf(outcome.status)),
    /** Of each outcome, which others are the same judgement: passes are one, whatever the wording; -1 where it was not judged. */
    judgements: data.outcomes.map((outcome, index) => {
      if (outcome.status === "pass" || outcome.status === "stale") return 0;
      return ["skip", "open", "error"].includes(outcome.status) ? -1 : index + 1;
    }),
    caseTexts: new Array(data.cases.length),
    outcomeTexts: null,
    found: new Map(),
    details: null,
    isWhole: false,
  };
}

/** The claim of a case: its id, its section, and the words for this row. */
function claimOf(model, item) {
  const [id, section, claim] = model.data.files[item.file]?.claims[item.claim] ?? ["", "", ""];
  return { id, section: item.section ?? section, text: item.says ?? claim };
}

/** The file of a case. */
function fileOf(model, item) {
  return model.data.files[item.file];
}

/** Whether a case says that a claim is not so. */
function isRefuted(item) {
  return item.instead !== undefined;
}

/** The engines of a result: the indices of their names. */
function enginesOf(model, result) {
  return model.data.groups[result[1]];
}

/** Whether an outcome differs from what the case expects, be it known or not. */
function isDifferent(outcome) {
  return ["fail", "known", "crash", "hang"].includes(outcome.status);
}

/** How an outcome shows in small: a symbol, classes and words. What differs shows how bad that is, and whether it is new. */
function signOf(outcome) {
  const { status, severity } = outcome;
  if (!isDifferent(outcome) || !(severity in SEVERITIES)) return { symbol: STATUSES[status][0], kind: `status-${status}`, words: STATUSES[status][1] };
  const fresh = status !== "known";
  return { symbol: SEVERITIES[severity], kind: `severity-${severity.replaceAll(" ", "-")}${fresh ? " new" : ""}`, words: fresh ? severity : `${severity} (known)` };
}

/** The text of a case in which the filter searches. */
function caseText(model, index) {
  const known = model.caseTexts[index];
  if (known !== undefined) return known;
  const item = model.data.cases[index];
  const claim = claimOf(model, item);
  const file = fileOf(model, item);
  const parts = [item.id, claim.text, claim.section, file.label, item.instead ?? ""];
  for (const [run, , expectations] of item.steps) {
    parts.push(run);
    for (const expectation of expectations ?? []) parts.push(Object.values(expectation).join("\n"));
  }
  return (model.caseTexts[index] = parts.join("\n").toLowerCase());
}

/** The texts of the outcomes in which the filter searches. */
function outcomeTexts(model) {
  model.outcomeTexts ??= model.data.outcomes.map((outcome) => {
    const { expected, actual, reason, facet, law, wording } = outcome;
    const parts = [expected, actual, reason, facet, law, wording?.expected, wording?.actual];
    return parts.filter(Boolean).join("\n").toLowerCase();
  });
  return model.outcomeTexts;
}

/** Prepares the texts of all cases while nothing else is to do, so that the first key in the text filter is fast. */
function prepareTexts(model) {
  const later = window.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 8 }), 30));
  let next = 0;
  const work = (deadline) => {
    do {
      const end = Math.min(next + 100, model.data.cases.length);
      for (; next < end; next++) caseText(model, next);
    } while (next < model.data.cases.length && deadline.timeRemaining() > 2);
    if (next < model.data.cases.length) later(work);
    else outcomeTexts(model);
  };
  later(work);
}

/** The cases with a word: a byte for each, 1 where the text of the case or of one of its outcomes has it. */
function casesWith(model, word) {
  const known = model.found.get(word);
  if (known) return known;
  const { cases } = model.data;
  // What has a longer word has each beginning of it too: while somebody types, only those are searched again.
  let before = null;
  for (let end = word.length - 1; end > 0 && !before; end--) before = model.found.get(word.slice(0, end)) ?? null;
  const outcomes = outcomeTexts(model).map((text) => text.includes(word));
  const found = new Uint8Array(cases.length);
  for (let i = 0; i < cases.length; i++) {
    if (before && !before[i]) continue;
    if (caseText(model, i).includes(word) || cases[i].results.some(([outcome]) => outcomes[outcome])) found[i] = 1;
  }
  if (model.found.size > 60) model.found.clear();
  model.found.set(word, found);
  return found;
}

/** A number with thousands set apart: 6,299. The page is in English, whatever the browser's language. */
function figure(number) {
  return number.toLocaleString("en");
}

/** Characters that can't be seen, or that change the order of others (report/escape knows the same). */
const HIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{e0000}-\u{e0fff}]/gu;

/** A text in which nothing is invisible or changes the order of what surrounds it. */
function visible(text) {
  const digits = (char, width) => char.codePointAt(0).toString(16).padStart(width, "0");
  return text.replace(HIDDEN, (char) =>
    char <= "\xff" ? `\\x${digits(char, 2)}` : char.length > 1 ? `\\U${digits(char, 8)}` : `\\u${digits(char, 4)}`);
}

/** Makes an element. Children are elements or texts; an attribute that is null or false is left out. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === "string" ? visible(child) : child);
  }
  return element;
}

/** A text in which `…` marks code, as elements. */
function withCode(text) {
  return text.split(/`([^`]*)`/).map((part, index) => (index % 2 ? make("code", null, part) : part));
}
