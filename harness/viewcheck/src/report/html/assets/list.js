// list.js: the page of the cases: the filters, how many cases match, and the list, a row for each case.
//
// The controls are made once and then kept in step with the filter of the address, so that nothing that has the focus is
// made anew. Rows are made 200 at a time: those of the first screen at once, the others a moment later, so that typing
// stays fast.

const ROWS = 200;
const ROWS_AT_ONCE = 40;

/** What a reader may ask first: words, and the filter that answers. Shown where no filter is set. */
const QUESTIONS = [
  ["Where do bytes go wrong without an error?", { severity: ["wrong bytes"] }],
  ["What crashes or never ends?", { severity: ["crash", "hang"] }],
  ["Where do the engines disagree?", { differs: true }],
  ["Which claims of documents are not so?", { verdict: ["refuted"] }],
];

/** The names of filters with a menu, and their labels. */
const MENUS = { engine: "Engine", area: "Area", severity: "Severity", facet: "Facet", document: "Document", verdict: "Verdict" };

/** Makes the page of the cases in its section. `go(filter, typing)` changes the address. */
function makeList(model, section, go) {
  const view = { model, section, go, filter: emptyFilter(), shown: [], rows: 0, strips: new Map(), menus: {}, statuses: {} };
  view.text = make("input", { type: "search", id: "q", placeholder: "ids, claims, code, messages", autocomplete: "off", spellcheck: "false", input: () => typed(view) });
  view.differs = make("input", { type: "checkbox", change: () => change(view, { differs: view.differs.checked }) });
  view.clear = make("button", { type: "button", click: () => { go(emptyFilter()); view.text.focus(); } }, "Clear filters");
  view.matches = make("p", { role: "status", class: "matches" });
  view.ignored = make("p", { role: "alert", class: "ignored", hidden: true });
  view.questions = make("ul", { class: "questions" }, QUESTIONS.map(([words, part]) => {
    const empty = Object.entries(part).some(([name, values]) => Array.isArray(values) && values.some((value) => valueOf(model, name, value) === undefined));
    return !empty && make("li", null, make("a", { class: "chip", href: addressOf({ ...emptyFilter(), ...part }) }, words));
  }));
  view.pinned = make("ol", { class: "cases pinned" });
  view.list = make("ol", { class: "cases" });
  view.more = make("button", { type: "button", class: "more", click: () => more(view) });
  for (const name of Object.keys(MENUS)) view.menus[name] = makeMenu(view, name);
  view.columns = make("div", { class: "columns", "aria-hidden": "true" });
  const controls = make("form", { class: "filters", role: "search", "aria-label": "Filter the cases", submit: (event) => event.preventDefault() },
    make("div", { class: "filter-row" },
      make("label", { for: "q", class: "search" }, "Text ", view.text, make("kbd", { "aria-hidden": "true" }, "/")),
      Object.values(view.menus).map((menu) => menu?.element),
      model.engines.length > 1 && make("label", { class: "check", title: "Of the engines chosen, or of all where fewer than two are" }, view.differs, "engines disagree"),
      view.clear),
    make("div", { class: "filter-row statuses", role: "group", "aria-label": "Status" }, make("span", { class: "note", "aria-hidden": "true" }, "with a result that is"), model.statuses.map((status) => makeStatus(view, status))));
  section.append(controls, view.ignored, view.questions, makeLegend(model), view.pinned, make("div", { class: "list-head" }, view.matches, view.columns), view.list, view.more);
  section.addEventListener("click", (event) => clicked(view, event));
  return view;
}

/** The button of a status: how many cases have it, and whether only those are shown. */
function makeStatus(view, status) {
  const count = make("span", { class: "num" });
  const toggle = () => change(view, { status: toggled(view.filter.status, status) });
  const button = make("button", { type: "button", class: `chip status-${status}`, title: STATUSES[status][2], click: toggle },
    make("span", { "aria-hidden": "true" }, STATUSES[status][0]), ` ${STATUSES[status][1]} `, count);
  view.statuses[status] = { button, count };
  return button;
}

/** The menu of a filter with several values: checkboxes behind a button. None where there is no choice. */
function makeMenu(view, name) {
  const values = choices(view.model, name);
  if (values.length < 2) return null;
  const boxes = new Map();
  const summary = make("summary", null);
  const items = values.map(([value, words]) => {
    const box = make("input", { type: "checkbox", change: () => change(view, { [name]: toggled(view.filter[name], value) }) });
    boxes.set(value, box);
    return make("label", { class: "check" }, box, words);
  });
  const list = make("div", { class: "menu-list", role: "group", "aria-label": MENUS[name] }, items);
  const element = make("details", { class: "menu", name: "menus", toggle: () => keepInside(list) }, summary, list);
  return { element, summary, boxes };
}

/** Moves what an open menu shows to the left, as far as it would leave the window at the right. */
function keepInside(list) {
  list.style.marginLeft = "";
  const outside = list.getBoundingClientRect().right + 8 - document.documentElement.clientWidth;
  if (outside > 0) list.style.marginLeft = `${-outside}px`;
}

/** A list of values with one more, or one less. */
function toggled(values, value) {
  return values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
}

/** Goes to the filter with some parts changed; an opened case closes. */
function change(view, part, typing) {
  view.go({ ...view.filter, case: "", ignored: [], ...part }, typing);
}

/** Somebody types: the address follows without an entry in the history for each key. */
function typed(view) {
  change(view, { q: view.text.value }, true);
}

/** Shows what a filter lets through. */
function showList(view, filter) {
  const same = view.drawn && addressOf({ ...filter, case: "" }) === addressOf({ ...view.filter, case: "" });
  view.filter = filter;
  updateControls(view);
  if (!same) {
    const { shown, counts } = choose(view.model, filter);
    view.shown = shown;
    view.drawn = true;
    view.model.statuses.forEach((status, index) => (view.statuses[status].count.textContent = figure(counts[index])));
    announce(view);
    view.rows = 0;
    view.list.replaceChildren();
    drawColumns(view);
    view.end = ROWS;
    addRows(view, ROWS_AT_ONCE);
  }
  openCase(view, filter.case);
}

/** Brings the controls in step with the filter. */
function updateControls(view) {
  const { filter, model } = view;
  if (view.text.value !== filter.q) view.text.value = filter.q;
  view.differs.checked = filter.differs;
  view.clear.hidden = isEmpty(filter);
  view.questions.hidden = !isEmpty(filter) || filter.case !== "";
  for (const [name, menu] of Object.entries(view.menus)) {
    if (!menu) continue;
    const chosen = filter[name];
    const few = chosen.length > 2 ? `${chosen.length} chosen` : chosen.map(shortLabel).join(", ");
    menu.summary.replaceChildren(`${MENUS[name]}: `, make("b", null, few || "all"));
    for (const [value, box] of menu.boxes) box.checked = chosen.includes(value);
  }
  for (const status of model.statuses) view.statuses[status].button.setAttribute("aria-pressed", filter.status.includes(status));
  view.ignored.hidden = filter.ignored.length === 0;
  view.ignored.textContent = `This report does not have: ${filter.ignored.join("; ")}. It was ignored.`;
}

/** Says how many cases match: at once to the eye, and to a screen reader when no key was typed for a while. */
function announce(view) {
  const all = view.model.data.cases.length;
  const text = view.shown.length === all ? `All ${figure(all)} cases.` : `${figure(view.shown.length)} of ${figure(all)} cases match.`;
  view.matches.setAttribute("aria-live", "off");
  view.matches.textContent = text;
  clearTimeout(view.announcing);
  view.announcing = setTimeout(() => {
    view.matches.setAttribute("aria-live", "polite");
    view.matches.replaceChildren(text);
  }, 600);
}

/** The indices of the engines whose results the strip of a case shows: those chosen, or all. */
function columnsOf(view) {
  const { filter, model } = view;
  return model.engines.map((name, index) => index).filter((index) => filter.engine.length === 0 || filter.engine.includes(model.engines[index]));
}

/** Draws the names of the engines above the strips. */
function drawColumns(view) {
  view.strips.clear();
  view.engines = columnsOf(view);
  view.columns.hidden = view.shown.length === 0;
  view.columns.replaceChildren(...view.engines.map((index) => make("span", null, view.model.engines[index])));
}

/** Shows the next rows. */
function more(view) {
  view.end = view.rows + ROWS;
  addRows(view, ROWS_AT_ONCE);
}

/** Adds some rows, and those that are still to come after the next frame. */
function addRows(view, count) {
  clearTimeout(view.adding);
  const end = Math.min(view.rows + count, view.end, view.shown.length);
  const rows = document.createDocumentFragment();
  for (let i = view.rows; i < end; i++) rows.append(rowOf(view, view.shown[i]));
  view.list.append(rows);
  view.rows = end;
  const left = view.shown.length - Math.min(view.end, view.shown.length);
  view.more.hidden = left === 0;
  view.more.textContent = `Show ${figure(Math.min(ROWS, left))} more of ${figure(left)}`;
  if (end < Math.min(view.end, view.shown.length)) view.adding = setTimeout(() => addRows(view, ROWS_AT_ONCE), 120);
}

/** The row of a case: a button with its claim that opens it, and a strip with a symbol for each engine. */
function rowOf(view, index) {
  const { model } = view;
  const item = model.data.cases[index];
  const claim = claimOf(model, item);
  const button = make("button", { type: "button", class: "case-button", "aria-expanded": "false", "data-case": index },
    make("span", { class: "claim" }, withCode(claim.text)),
    make("span", { class: "meta" }, isRefuted(item) && make("b", null, "refuted "), make("span", { class: "code" }, item.id), ` ${fileOf(model, item).area}`));
  return make("li", { class: "case" }, make("div", { class: "case-head" }, make("h3", null, button), stripOf(view, item)));
}

/** The strip of a case. Cases with the same symbols share one, copied: most cases pass everywhere. */
function stripOf(view, item) {
  const cells = new Map();
  for (const result of item.results) for (const engine of enginesOf(view.model, result)) cells.set(engine, view.model.data.outcomes[result[0]]);
  const key = view.engines.map((engine) => { const outcome = cells.get(engine); return outcome ? signOf(outcome).kind : ""; }).join();
  if (!view.strips.has(key)) view.strips.set(key, makeStrip(view, cells));
  return view.strips.get(key).cloneNode(true);
}

/** Makes a strip, with the same in words for a screen reader. */
function makeStrip(view, cells) {
  const counts = new Map();
  const marks = view.engines.map((engine) => {
    const outcome = cells.get(engine);
    if (!outcome) return make("i", null, " ");
    const { symbol, kind, words } = signOf(outcome);
    counts.set(words, (counts.get(words) ?? 0) + 1);
    return make("i", { class: kind }, symbol);
  });
  const words = [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
  return make("span", { class: "strip", role: "img", "aria-label": words || "not run" }, marks);
}

/** What the symbols of the strips mean. */
function makeLegend(model) {
  const item = (sign, kind, words) => make("li", null, make("span", { class: "strip" }, make("i", { class: kind, "aria-hidden": "true" }, sign)), words);
  const statuses = model.statuses.filter((status) => !isDifferent({ status })).map((status) => item(STATUSES[status][0], `status-${status}`, STATUSES[status][1]));
  const severities = model.severities.filter((severity) => severity !== "wording").map((severity) => item(SEVERITIES[severity], `severity-${severity.replaceAll(" ", "-")}`, severity));
  const fresh = item("✗", "severity-wrong-bytes new", "with a frame: not a known divergence");
  return make("details", { class: "symbols" }, make("summary", null, "Symbols"), make("ul", { class: "legend" }, statuses, severities, fresh));
}

/** A click in the page: on the button of a case. */
function clicked(view, event) {
  const button = event.target.closest("[data-case]");
  if (!button) return;
  const { id } = view.model.data.cases[Number(button.dataset.case)];
  view.go({ ...view.filter, case: view.filter.case === id ? "" : id });
}

/** Opens a case in its row, and closes the one that was open. A case that has no row here is shown above the list. */
function openCase(view, id) {
  const before = view.opened;
  if (before?.id === id && before.row.isConnected) return;
  if (before) closeCase(view, before);
  view.opened = null;
  view.pinned.replaceChildren();
  if (!id) return;
  const index = view.model.byId.get(id);
  const place = view.shown.indexOf(index);
  if (place >= view.rows && place < view.end) addRows(view, place + 1 - view.rows);
  let row = view.list.querySelector(`[data-case="${index}"]`)?.closest("li");
  if (!row) view.pinned.append((row = rowOf(view, index)));
  const body = bodyOf(view, index);
  const button = row.querySelector(".case-button");
  row.append(body);
  row.classList.add("opened");
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", body.id);
  const opened = (view.opened = { id, row, body, button });
  if (!view.model.isWhole) {
    loadDetails(view.model).then(() => {
      if (view.opened === opened) opened.body.replaceWith((opened.body = bodyOf(view, index)));
    });
  }
  const { top } = row.getBoundingClientRect();
  if (top < 0 || top > window.innerHeight * 0.7) row.scrollIntoView({ block: "start" });
  if (!view.section.contains(document.activeElement)) button.focus({ preventScroll: true });
}

/** The body of a case in its row. */
function bodyOf(view, index) {
  const body = caseBody(view.model, index, view.filter);
  body.id = `case-${index}`;
  return body;
}

/** Closes a case. */
function closeCase(view, opened) {
  opened.body.remove();
  opened.row.classList.remove("opened");
  opened.button.setAttribute("aria-expanded", "false");
  opened.button.removeAttribute("aria-controls");
}
