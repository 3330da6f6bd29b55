// filter.js: which cases are shown. A filter is a part of the address, so that a view can be shared:
//
//     #cases?engine=pypy3,rustpython&status=crash&area=cast&q=shape
//
// Values of one name are alternatives; different names must all hold. Engine, status, facet and severity must hold of
// one result together: `engine=pypy3&status=crash` are the cases in which PyPy crashes.

/** The names of filters that have several values, in the order of the address. */
const FILTERS = ["engine", "status", "severity", "facet", "area", "document", "verdict"];

/** A filter that lets everything through. */
function emptyFilter() {
  const filter = { q: "", differs: false, case: "", ignored: [] };
  for (const name of FILTERS) filter[name] = [];
  return filter;
}

/** Whether a filter lets everything through. */
function isEmpty(filter) {
  return !filter.q && !filter.differs && FILTERS.every((name) => filter[name].length === 0);
}

/** The values that a filter can have: pairs of a value and its words. */
function choices(model, name) {
  const plain = (values) => values.map((value) => [value, value]);
  switch (name) {
    case "engine": return model.data.engines.map((engine) => [engine.name, engine.name]);
    case "status": return model.statuses.map((status) => [status, STATUSES[status][1]]);
    case "severity": return plain(model.severities);
    case "facet": return plain(model.facets);
    case "area": return plain(model.areas);
    case "document": return model.data.files.filter((file) => file.document).map((file) => [file.label, file.title ? `${shortLabel(file.label)} ${file.title}` : file.label]);
    case "verdict": return [["refuted", "refuted: the claim is not so"], ["confirmed", "confirmed"]];
    default: return [];
  }
}

/** The number of a document, where its name begins with one: `002` of `002_53c1b66753fb1d6b.txt`. */
function shortLabel(label) {
  return /^\d+(?=_)/.exec(label)?.[0] ?? label;
}

/** The value of a filter that a text of the address means, if any. A document is also known by its file or its number. */
function valueOf(model, name, text) {
  const values = choices(model, name).map(([value]) => value);
  if (values.includes(text)) return text;
  // A link to the failures of a report stays one when there are none.
  if (name === "status") return Object.hasOwn(STATUSES, text) ? text : undefined;
  if (name === "severity") return Object.keys(SEVERITIES).find((value) => value === text || value.replaceAll(" ", "-") === text);
  if (name !== "document") return undefined;
  const file = model.data.files.find((each) => each.file === text || (each.document && shortLabel(each.label) === text));
  return file?.label;
}

/** Decodes a part of the address; a wrong escape is taken as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads the address after `#`: the page, and the text behind `?`. */
function partsOf(hash) {
  const text = hash.replace(/^#/, "");
  const at = text.indexOf("?");
  return at < 0 ? [decoded(text), ""] : [decoded(text.slice(0, at)), text.slice(at + 1)];
}

/** Reads a filter from the address. What it does not know goes to `ignored`. */
function filterOf(model, query) {
  const filter = emptyFilter();
  for (const pair of query.split("&").filter(Boolean)) {
    const at = pair.indexOf("=");
    const name = decoded(at < 0 ? pair : pair.slice(0, at));
    const text = at < 0 ? "" : pair.slice(at + 1);
    if (name === "q") filter.q = decoded(text);
    else if (name === "differs") filter.differs = text !== "0";
    else if (name === "case" && caseOf(model, decoded(text))) filter.case = caseOf(model, decoded(text));
    else if (FILTERS.includes(name)) readValues(model, filter, name, text);
    else filter.ignored.push(name === "case" ? `the case ${decoded(text)}` : `the filter ${name}`);
  }
  return filter;
}

/** The id of the case that a text of the address means: of a table, the first row. */
function caseOf(model, text) {
  return model.byId.has(text) ? text : model.tables.get(text);
}

/** Reads the values of one filter, which commas separate. */
function readValues(model, filter, name, text) {
  for (const part of text.split(",").filter(Boolean)) {
    const value = valueOf(model, name, decoded(part));
    if (value === undefined) filter.ignored.push(`${name} ${decoded(part)}`);
    else if (!filter[name].includes(value)) filter[name].push(value);
  }
}

/** The address of a filter. */
function addressOf(filter) {
  const parts = FILTERS.filter((name) => filter[name].length).map((name) => `${name}=${filter[name].map(encodeURIComponent).join(",")}`);
  if (filter.differs) parts.push("differs=1");
  if (filter.q) parts.push(`q=${encodeURIComponent(filter.q)}`);
  if (filter.case) parts.push(`case=${encodeURIComponent(filter.case)}`);
  return parts.length ? `#cases?${parts.join("&")}` : "#cases";
}

/** The words that a text must have: what stands between double quotes is one. */
function wordsOf(text) {
  return [...text.toLowerCase().matchAll(/"([^"]+)"?|(\S+)/g)].map((match) => match[1] ?? match[2]).filter((word) => word !== '"');
}

/** The engines, outcomes and files that a filter lets through, as tables of truth. */
function tablesOf(model, filter) {
  const { engines, groups, outcomes, files } = model.data;
  const one = (name, value) => filter[name].length === 0 || filter[name].includes(value);
  const on = engines.map((engine) => one("engine", engine.name));
  return {
    groups: groups.map((group) => group.some((engine) => on[engine])),
    outcomes: outcomes.map((outcome) => one("facet", outcome.facet) && one("severity", outcome.severity)),
    files: files.map((file) => one("area", file.area) && (filter.document.length === 0 || (file.document && filter.document.includes(file.label)))),
    /** The groups whose engines must disagree: those chosen, or all where fewer than two are. */
    compared: filter.engine.length > 1 ? null : groups.map(() => true),
  };
}

/** Whether the engines that judged a case disagree. */
function disagrees(model, item, groups) {
  let first = -1;
  for (const [outcome, group] of item.results) {
    const judgement = groups[group] ? model.judgements[outcome] : -1;
    if (judgement < 0) continue;
    if (first < 0) first = judgement;
    else if (judgement !== first) return true;
  }
  return false;
}

/** The cases that a filter lets through (`shown`, their indices), and for each status how many there would be (`counts`). */
function choose(model, filter) {
  const tables = tablesOf(model, filter);
  const words = wordsOf(filter.q).map((word) => casesWith(model, word));
  const wanted = filter.status.reduce((bits, status) => bits | (1 << model.statuses.indexOf(status)), 0);
  const unrun = !wanted && ["engine", "facet", "severity"].every((name) => filter[name].length === 0);
  const verdict = filter.verdict.length === 1 ? filter.verdict[0] === "refuted" : null;
  const { cases } = model.data;
  const shown = [];
  const counts = model.statuses.map(() => 0);
  for (let i = 0; i < cases.length; i++) {
    const item = cases[i];
    if (!tables.files[item.file]) continue;
    if (verdict !== null && isRefuted(item) !== verdict) continue;
    if (words.some((found) => !found[i])) continue;
    if (filter.differs && !disagrees(model, item, tables.compared ?? tables.groups)) continue;
    let bits = 0;
    for (const [outcome, group] of item.results) if (tables.outcomes[outcome] && tables.groups[group]) bits |= model.bits[outcome];
    for (let status = 0; status < counts.length; status++) if (bits & (1 << status)) counts[status]++;
    if (wanted ? bits & wanted : bits || unrun) shown.push(i);
  }
  return { shown, counts };
}
