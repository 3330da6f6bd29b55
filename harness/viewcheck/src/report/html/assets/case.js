// case.js: an opened case: what it claims and where that comes from, its steps with what each should give, and what the
// engines gave instead. Engines that agree share one entry. Two things can be copied: the YAML, and a script.

/** The body of an opened case. `filter` says which engines come first. */
function caseBody(model, index, filter) {
  const item = model.data.cases[index];
  const results = sortedResults(model, item, filter);
  const failures = results.filter(({ outcome }) => outcome.step !== undefined || outcome.status === "crash" || outcome.status === "hang" || outcome.known_as);
  const copied = make("div", { class: "copied" });
  const buttons = make("div", { class: "buttons" },
    item.source && copyButton("Copy YAML", () => item.source, copied),
    copyButton("Copy script", () => script(item, failures[0]?.outcome ?? null, model.data), copied),
    copyButton("Copy link", () => location.href.replace(/#.*/, "") + addressOf({ ...emptyFilter(), case: item.id }), copied));
  return make("div", { class: "case-body" },
    provenance(model, item), buttons, copied,
    make("h4", null, "Steps"), stepList(item, failures),
    failures.length === 0 && pictures(item, null),
    make("h4", null, "What the engines gave"),
    results.length === 0 ? make("p", { class: "note" }, "No engine ran it.") : results.map((result, place) => outcomeEntry(model, item, result, result === failures[0] || (place < 3 && failures.includes(result)))));
}

/** The results of a case: those of the chosen engines first, then what differs, then passes, then what was not judged. */
function sortedResults(model, item, filter) {
  const rank = (outcome) => (outcome.status === "pass" ? (outcome.wording ? 2 : 3) : outcome.status === "skip" ? 4 : 1);
  return item.results
    .map((result) => {
      const outcome = model.data.outcomes[result[0]];
      const engines = enginesOf(model, result).map((engine) => model.data.engines[engine]);
      const chosen = engines.some((engine) => filter.engine.includes(engine.name)) ? 0 : 1;
      return { outcome, engines, chosen, rank: rank(outcome) };
    })
    .sort((a, b) => a.chosen - b.chosen || a.rank - b.rank);
}

/** Where the claim comes from, what the case shows of it, and what it needs. */
function provenance(model, item) {
  const claim = claimOf(model, item);
  const file = fileOf(model, item);
  const rows = [];
  if (isRefuted(item)) {
    rows.push(["Verdict", [make("b", null, "✗ refuted"), ": the claim is not so"]]);
    if (item.instead) rows.push(["Instead", withCode(item.instead)]);
  } else if (file.document) rows.push(["Verdict", [make("b", null, "✓ confirmed"), ": it is as claimed"]]);
  const measured = claim.section === "measured";
  rows.push(["From", measured ? "measured: no document says this" : [file.document && `${file.label}${file.title ? ` (${file.title})` : ""}, `, make("q", null, claim.section)]]);
  rows.push(["In", make("code", null, `${file.file}:${item.line}`)]);
  if (item.python) rows.push(["For", `Python ${item.python}`]);
  if (item.needs?.length) rows.push(["Needs", item.needs.join(", ")]);
  return make("dl", { class: "facts" }, rows.map(([term, words]) => make("div", null, make("dt", null, term), make("dd", null, words))));
}

/** The steps with what each should give; where an engine differs first, that stands at its step. */
function stepList(item, failures) {
  const at = (number) => failures.filter(({ outcome }) => outcome.step === number && !isAfter(outcome)).map(marker);
  const steps = item.steps.map(([run, , expectations], index) => {
    const marks = at(index + 1);
    return make("li", marks.length ? { class: "differs" } : null,
      make("pre", null, make("code", null, run)),
      expectations?.length && make("ul", { class: "expected" }, expectations.map((each) => make("li", null, expectation(each)))),
      observedHere(item, index, expectations),
      marks);
  });
  const after = failures.filter(({ outcome }) => isAfter(outcome)).map(marker);
  if (after.length) steps.push(make("li", { class: "differs after" }, "after the case", after));
  return make("ol", { class: "steps" }, steps);
}

/** Whether an outcome is about what must hold after the case. */
function isAfter(outcome) {
  return outcome.kind === "law";
}

/** The mark of a first difference. */
function marker({ outcome, engines }) {
  const sign = signOf(outcome);
  const [first, ...others] = engines.map((engine) => engine.name);
  const who = others.length > 1 ? `${first} and ${others.length} more` : [first, ...others].join(", ");
  return make("p", { class: "marker" }, make("span", { class: `chip ${sign.kind}` }, `${sign.symbol} ${who}`), " ", make("code", null, outcome.actual ?? ""));
}

/** What an interpreter shows at a step that has no expectation of its own, in a case that refutes a claim. */
function observedHere(item, index, expectations) {
  const lines = item.observed?.[index];
  if (!lines?.length || expectations?.length) return null;
  return make("p", { class: "note" }, "shows ", make("code", null, lines.join("\n")));
}

/** What a step should do, in words. */
function expectation(expected) {
  const parts = [];
  const say = (words, code) => parts.push(parts.length ? "; " : "", words, code === undefined ? "" : make("code", null, code));
  const { python, gives, raises, message, prints, shares, type, locks, ...others } = expected;
  if (gives !== undefined) say("gives ", gives);
  if (raises !== undefined) say("raises ", message === undefined ? raises : `${raises}: ${message}`);
  if (prints !== undefined) say("prints ", String(prints));
  if (shares !== undefined) say("shares ", shares);
  if (type !== undefined) say("is of type ", type);
  if (locks !== undefined) say(locks.length ? "locks " : "locks nothing", locks.length ? locks.join(", ") : undefined);
  for (const [name, value] of Object.entries(others)) say(`${name} `, typeof value === "string" ? value : JSON.stringify(value));
  if (!parts.length) parts.push("nothing is expected");
  return python === undefined ? parts : [make("span", { class: "since" }, `Python ${python}: `), parts];
}

/** The entry of engines that agree. What differs shows the first difference; the rest opens. */
function outcomeEntry(model, item, { outcome, engines }, open) {
  const known = outcome.status === "known" && outcome.known_as ? ` ${outcome.known_as}` : "";
  const label = [make("span", { class: `chip status-${outcome.status}` }, `${STATUSES[outcome.status][0]} ${STATUSES[outcome.status][1]}${known}`)];
  if (outcome.severity) label.push(" ", make("span", { class: `chip severity-${outcome.severity.replaceAll(" ", "-")}` }, `${SEVERITIES[outcome.severity]} ${outcome.severity}`));
  const names = engines.map((engine) => make("li", null, make("a", { class: "chip", href: addressOf({ ...emptyFilter(), engine: [engine.name] }), title: engine.what }, engine.name)));
  const who = make("ul", { class: "engines", "aria-label": "Engines" }, names);
  const difference = outcome.wording ? { ...outcome.wording, wording: true } : outcome;
  const detail = [reasons(outcome), difference.step !== undefined && differenceOf(item, difference), pictures(item, outcome), given(item, outcome)].filter(Boolean);
  if (outcome.status === "pass" && !outcome.wording) return make("section", { class: "outcome" }, make("p", null, label), who);
  if (outcome.status === "skip") return make("section", { class: "outcome" }, make("p", null, label, " ", withCode(outcome.reason ?? "")), who);
  const copied = make("div", { class: "copied" });
  const copy = !outcome.wording && make("div", { class: "buttons" }, copyButton("Copy script", () => script(item, outcome, model.data), copied));
  return make("section", { class: "outcome" },
    make("details", { open }, make("summary", null, label, " ", make("span", { class: "who" }, `${engines.length} engine${engines.length > 1 ? "s" : ""}`)), detail, copy, copied),
    who);
}

/** Why an outcome has its status. */
function reasons(outcome) {
  if (!outcome.reason) return null;
  return make("p", null, outcome.status === "known" ? "Known: " : "", withCode(outcome.reason));
}

/** The first difference: what was expected, and what came, with the part that differs marked. */
function differenceOf(item, { step, expected, actual, facet, law, kind, wording }) {
  const [before, after] = marked(expected ?? "", actual ?? "");
  const place = kind === "law" ? "After the case" : `Step ${step}${item.steps[step - 1] ? `, line ${item.steps[step - 1][1]}` : ""}`;
  const what = wording ? "only the wording of the error differs" : [facet, law && `the law ${law}`].filter(Boolean).join(", ");
  return make("dl", { class: "difference" },
    make("div", null, make("dt", null, "At"), make("dd", null, what ? `${place}: ${what}` : place)),
    make("div", null, make("dt", null, "Expected"), make("dd", null, make("code", null, before))),
    make("div", null, make("dt", null, "Came"), make("dd", null, make("code", null, after))));
}

/** Two texts with the part that differs marked: what lies between their common beginning and their common end. */
function marked(expected, actual) {
  const [a, b] = [expected, actual].map((text) => text.match(/\w+|\s+|[^\w\s]/gu) ?? []);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [a, b].map((words) => {
    const middle = words.slice(start, words.length - end).join("");
    return [words.slice(0, start).join(""), middle && make("mark", null, middle), words.slice(words.length - end).join("")].filter(Boolean);
  });
}

/** What each step gave. */
function given(item, outcome) {
  if (!outcome.steps?.length) return null;
  const rows = outcome.steps.map((lines, index) => make("tr", index + 1 === outcome.step && outcome.kind !== "law" ? { class: "differs" } : null,
    make("th", { scope: "row", class: "num" }, String(index + 1)),
    make("td", null, make("code", null, item.steps[index]?.[0] ?? "")),
    make("td", null, make("code", null, lines.join("\n")))));
  return make("details", null, make("summary", null, "What each step gave"),
    make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "What each step gave" },
      make("table", null, make("thead", null, make("tr", null, ["step", "runs", "gave"].map((title) => make("th", { scope: "col" }, title)))), make("tbody", null, rows))));
}

/** The drawings of views. A scene that can't be drawn must not take the case with it. */
function pictures(item, outcome) {
  let drawn;
  try {
    drawn = drawings(item, outcome) ?? [];
  } catch (error) {
    return make("p", { class: "note" }, `The views can’t be drawn: ${error.message}.`);
  }
  if (!drawn.length) return null;
  return make("div", { class: "pictures" }, drawn.map(({ caption, element }) => make("figure", null, make("div", { class: "drawing" }, element), make("figcaption", null, caption))));
}

/** A button that copies a text. The text is also shown, selected, since a page from a file may not use the clipboard. */
function copyButton(label, text, place) {
  const copy = async () => {
    let value;
    try {
      value = text();
    } catch (error) {
      place.replaceChildren(make("p", { role: "alert", class: "note" }, `This can’t be made: ${error.message}.`));
      return;
    }
    const area = make("textarea", { readonly: true, rows: String(Math.min(16, value.split("\n").length + 1)), spellcheck: "false", "aria-label": label.replace("Copy ", "") });
    const said = make("p", { role: "status", class: "note" });
    area.value = value;
    place.replaceChildren(said, area, make("button", { type: "button", click: () => place.replaceChildren() }, "Hide"));
    area.focus({ preventScroll: true });
    area.select();
    const done = await toClipboard(value);
    said.textContent = done ? "Copied to the clipboard." : "The browser does not let this page use the clipboard. The text is selected: press Ctrl+C or ⌘C.";
  };
  return make("button", { type: "button", click: copy }, label);
}

/** Copies a text to the clipboard; says whether that was allowed. */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
