// Draws scenes: the bytes of each object as a row of cells, and under it, for each view, a row of boxes over the bytes
// that its items cover, numbered in the order in which the view visits them. Two names are for the other files:
// `drawing`, an SVG of one scene, and `drawings`, those that an opened case shows.
//
// Text and lines have the colour of the text around the drawing, and the colours of views are translucent, so that one
// drawing fits light and dark pages and paper. Each view also has a pattern, and what differs has a thick frame and a
// sign. A page may set `--draw-mark` and `--draw-1` to `--draw-6`.

const {drawing, drawings} = (() => {
  const SVG = 'http://www.w3.org/2000/svg';
  /** Width of a cell and of a character in pixels, the height of a line of text, of a byte and of an item. */
  const [CELL, CHARACTER, LINE, BYTE, ITEM] = [27, 6.7, 14, 31, 23];
  const [GAP, EDGE] = [9, 4];
  /** The lanes and the lines of cells that are drawn; what is left out is told. */
  const MOST_LANES = 6;
  const MOST_LINES = 6;
  /** Lines that are looked at for one item, which may be longer than what is drawn. */
  const MOST_LOOKED = 64;
  /** How small a drawing gets on a narrow page before its box scrolls. */
  const SMALLEST = 0.7;
  const FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
  const COLOURS = ['#2f7de1', '#c2701c', '#2a9350', '#a257cf', '#c74a80', '#17929b'].map((one, at) => `var(--draw-${at + 1}, ${one})`);
  const MARK = 'var(--draw-mark, #e0313f)';
  /** A path for each pattern, in a tile of six by six pixels. */
  const PATTERNS = ['M-1 7L7 -1', 'M-1 -1L7 7', 'M0 3H6', 'M3 0V6', 'M1.5 3h3', 'M0 3H6M3 0V6'];
  /** Drawings made so far: the names of patterns must differ within a document. */
  let made = 0;

  /** Makes an element in `parent`. Text gets in only as text. */
  function make(parent, name, attributes = {}, text = null) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== null) element.textContent = text;
    if (parent) parent.appendChild(element);
    return element;
  }

  /** Returns a number of pixels without digits that nobody sees. */
  function pixels(number) {
    return Math.round(number * 10) / 10;
  }

  /** Returns how wide a text is: characters of East Asia and pictures take two places. */
  function width(text, size = 11) {
    let places = 0;
    for (const one of text) places += one.codePointAt(0) > 0x2e7f ? 2 : 1;
    return (places * CHARACTER * size) / 11;
  }

  /** Returns the parts in lines of at most `most` characters. A part longer than that is broken. */
  function wrap(parts, most, between = ' ') {
    const lines = [];
    for (const part of parts) {
      const last = lines.length - 1;
      if (last >= 0 && (lines[last] + between + part).length <= most) lines[last] += between + part;
      else lines.push(...(part.match(new RegExp(`.{1,${most}}`, 'gsu')) || []));
    }
    return lines;
  }

  /** Returns a sentence in lines of at most `most` characters. */
  function wrapped(sentence, most) {
    return wrap(sentence.split(' '), most);
  }

  /** A sheet: where the next thing is drawn, and how wide the drawing has become. */
  class Sheet {
    constructor(id, left, columns) {
      this.root = make(null, 'svg', {xmlns: SVG, role: 'img', class: 'scene', 'font-family': FONT, 'font-size': 11, fill: 'currentColor'});
      [this.id, this.left, this.columns, this.y] = [id, left, columns, EDGE];
      this.width = left + columns * CELL + EDGE;
      /** Characters that fit beside the labels, and over the whole width. */
      this.beside = Math.max(20, Math.floor((columns * CELL) / CHARACTER));
      this.across = Math.floor((this.width - 2 * EDGE) / CHARACTER);
      this.patterns = new Set();
    }

    text(x, y, text, attributes = {}) {
      this.width = Math.max(this.width, x + width(text, attributes['font-size']) * (attributes['text-anchor'] ? 0.5 : 1) + EDGE);
      return make(this.root, 'text', {x: pixels(x), y: pixels(y), ...attributes}, text);
    }

    /** Writes lines from `y` on. The first may look different. */
    lines(x, y, lines, attributes = {}, first = {}) {
      lines.forEach((line, at) => this.text(x, y + LINE * at + 10, line, {...attributes, ...(at ? {} : first)}));
    }

    /** The sign of a difference: a triangle, seen without colour. */
    sign(x, y) {
      make(this.root, 'path', {d: `M${pixels(x)} ${pixels(y)}l4 -7l4 7z`, fill: MARK});
    }

    x(column) {
      return this.left + column * CELL;
    }
  }

  /** Returns the length of an object in cells: where it is not known, as far as its views reach. */
  function extent(object, views) {
    const {length} = scenes.memory(object);
    if (length !== null) return length;
    const ends = views.filter((view) => !scenes.obstacle(view)).flatMap((view) => scenes.boxes(view).boxes.map((box) => box.end));
    return Math.max(0, ...ends.slice(0, 4096));
  }

  /**
   * Returns which lines of cells are drawn: all of a short object, else the first one and those with bytes that differ or
   * that a view covers. Where these are too many, the ones where something begins go before the others.
   */
  function chosen(length, columns, rows, marked) {
    const count = Math.ceil(length / columns);
    const all = Array.from({length: Math.min(count, MOST_LOOKED)}, (_, line) => line);
    if (length <= 32) return all;
    const lineOf = (byte) => Math.floor(byte / columns);
    const starts = rows.flatMap(({drawn}) => drawn.boxes.filter((one) => one.orders[0] === 0).map((one) => one.start));
    const first = new Set([...marked, ...starts.filter((start) => start >= 0 && start < length)].map(lineOf));
    const wanted = new Set([0, ...first]);
    for (const {start, end} of rows.flatMap(({drawn}) => drawn.boxes)) {
      const last = Math.min(lineOf(end - 1), count - 1);
      for (let line = Math.max(0, lineOf(start)), looked = 0; line <= last && looked < MOST_LOOKED; line += 1, looked += 1) wanted.add(line);
    }
    for (const line of [...wanted]) if (line + 2 === count || wanted.has(line + 2)) wanted.add(line + 1);
    const sorted = [...wanted].sort((one, other) => one - other);
    const far = sorted.slice(MOST_LINES - 2).filter((line) => first.has(line)).slice(0, MOST_LINES - 2);
    const near = sorted.filter((line) => !far.includes(line)).slice(0, MOST_LINES - far.length);
    return [...near, ...far].sort((one, other) => one - other);
  }

  /** Draws the head of an object: its name, what it is, whether it is locked, and how it differs. */
  function head(sheet, object, marks) {
    const name = scenes.plain(object.name, 40);
    sheet.text(EDGE, sheet.y + 10, name, {'font-weight': 700});
    const x = EDGE + width(name) + 8;
    const lines = wrapped(scenes.kind(object), Math.max(12, Math.floor((sheet.width - x) / CHARACTER)));
    sheet.lines(x, sheet.y, lines);
    sheet.y += lines.length * LINE + 3;
    if (object.locked) {
      const [left, y] = [EDGE + 1, sheet.y];
      make(sheet.root, 'path', {d: `M${left} ${y + 5}h9v6h-9zM${left + 2} ${y + 5}v-2a2.5 2.5 0 0 1 5 0v2`, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.3});
      sheet.text(EDGE + 16, y + 10, "locked: can't be resized");
      sheet.y += LINE + 3;
    }
    for (const text of marks) {
      sheet.sign(EDGE + 1, sheet.y + 9);
      const said = wrapped(text, sheet.across - 3);
      sheet.lines(EDGE + 16, sheet.y, said, {'font-weight': 700});
      sheet.y += said.length * LINE + 3;
    }
  }

  /** Draws one line of an object's bytes: index, hexadecimal value, and the character where there is one. */
  function cells(sheet, values, first, end, marked) {
    for (let byte = first; byte < end; byte += 1) {
      if (marked.has(byte)) sheet.sign(sheet.x(byte - first) + CELL / 2 - 4, sheet.y + 7);
    }
    if ([...marked].some((byte) => byte >= first && byte < end)) sheet.y += 9;
    sheet.text(sheet.left - 6, sheet.y + 8, 'byte', {'font-size': 9, 'text-anchor': 'end', opacity: 0.8});
    const top = sheet.y + 11;
    const every = (column) => end < 10000 || column % 4 === 0;
    for (let byte = first; byte < end; byte += 1) {
      const x = sheet.x(byte - first);
      const value = values[byte];
      const differs = marked.has(byte);
      const middle = {'text-anchor': 'middle'};
      if (every(byte - first)) sheet.text(x + CELL / 2, sheet.y + 8, String(byte), {...middle, 'font-size': 9, ...(differs ? {'font-weight': 700} : {opacity: 0.8})});
      make(sheet.root, 'rect', {x, y: top, width: CELL, height: BYTE, fill: 'none', stroke: 'currentColor', 'stroke-opacity': 0.45, ...(value === undefined ? {'stroke-dasharray': '3 3'} : {})});
      const hex = value === undefined ? '??' : value.toString(16).padStart(2, '0');
      sheet.text(x + CELL / 2, top + 13, hex, {...middle, ...(differs ? {'font-weight': 700} : {})});
      if (value > 0x20 && value < 0x7f) sheet.text(x + CELL / 2, top + 26, String.fromCharCode(value), {...middle, 'font-size': 10, opacity: 0.85});
    }
    for (let byte = first; byte < end; byte += 1) {
      if (!marked.has(byte)) continue;
      const x = sheet.x(byte - first);
      make(sheet.root, 'rect', {x: x + 1, y: top + 1, width: CELL - 2, height: BYTE - 2, fill: MARK, 'fill-opacity': 0.12, stroke: MARK, 'stroke-width': 2.5});
    }
    sheet.y = top + BYTE + 5;
  }

  /** Makes the pattern of a view's colour, once, and returns how to fill with it. */
  function pattern(sheet, colour) {
    const id = `${sheet.id}-${colour}`;
    if (!sheet.patterns.has(colour)) {
      sheet.patterns.add(colour);
      const tile = make(sheet.defs, 'pattern', {id, width: 6, height: 6, patternUnits: 'userSpaceOnUse'});
      make(tile, 'path', {d: PATTERNS[colour], fill: 'none', stroke: COLOURS[colour], 'stroke-width': 1.6});
    }
    return `url(#${id})`;
  }

  /** Draws a part of an item's box. `from` and `to` say whether the item starts and ends in this line of cells. */
  function box(sheet, part, colour, y) {
    const [x, wide] = [sheet.x(part.column) + 1, part.cells * CELL - 2];
    make(sheet.root, 'rect', {x, y, width: wide, height: ITEM, rx: 3, fill: COLOURS[colour], 'fill-opacity': 0.2, stroke: COLOURS[colour], 'stroke-width': 1.5});
    make(sheet.root, 'rect', {x: x + 1, y: y + 1, width: wide - 2, height: 6, fill: pattern(sheet, colour)});
    const texts = part.starts ? [part.key, part.order] : ['…'];
    const sizes = [11, 9, 8];
    for (const text of texts) {
      const size = sizes.find((one) => width(text, one) <= wide - 2);
      if (size === undefined) continue;
      sheet.text(x + wide / 2, y + 18, text, {'text-anchor': 'middle', 'font-size': size, 'font-weight': 600});
      return;
    }
  }

  /** Returns the parts of a view's boxes that lie in the cells from `first` to `end`. */
  function parts(all, first, end) {
    return all.filter((one) => one.start < end && one.end > first).map((one) => {
      const [start, stop] = [Math.max(one.start, first), Math.min(one.end, end)];
      return {column: start - first, cells: stop - start, starts: start === one.start, key: one.key, order: one.order, lane: one.lane};
    });
  }

  /** Returns the text at the left of a view's row, and what is said in place of boxes, or beside them. */
  function label(view, drawn, length, object, differs, most) {
    const name = scenes.nameOf(view, most - (differs ? 2 : 0));
    const lines = [name, ...wrap(scenes.layout(view), most, ', ')];
    const said = [];
    const why = scenes.obstacle(view);
    if (why && why !== 'released') said.push(why);
    if (!why) {
      const outside = drawn.boxes.filter((one) => one.start < 0 || one.end > length).length;
      if (outside) said.push(`${scenes.plural(outside, 'item')} outside ${scenes.plain(object.name, 30)}`);
      if (drawn.more) said.push(`only its first ${drawn.looked} items are drawn`);
      if (drawn.lanes > MOST_LANES) said.push('items that overlap more than six deep are not drawn');
    }
    return {lines, said, differs: differs || []};
  }

  /** Draws a view's row over the cells from `first` to `end`. `whole` is its label, left out below the first line. */
  function row(sheet, view, drawn, colour, first, end, text, whole) {
    const shown = parts(drawn.boxes, first, end).filter((part) => part.lane < MOST_LANES);
    if (!whole && !shown.length) return;
    const top = sheet.y;
    const lanes = shown.reduce((most, part) => Math.max(most, part.lane + 1), 0);
    const lines = whole ? text.lines : text.lines.slice(0, 1);
    const marked = text.differs !== null && text.marked;
    const name = {'font-weight': 700, ...(view.released ? {'text-decoration': 'line-through'} : {})};
    sheet.lines(EDGE + (marked ? 13 : 0), top, lines.slice(0, 1), {}, name);
    sheet.lines(EDGE, top + LINE, lines.slice(1));
    if (marked) sheet.sign(EDGE + 1, top + 9);
    let y = top + lanes * (ITEM + 2);
    if (shown.length) {
      const ticks = Array.from({length: end - first + 1}, (_, at) => `M${sheet.x(at)} ${top}V${y}`).join('');
      make(sheet.root, 'path', {d: ticks, fill: 'none', stroke: 'currentColor', 'stroke-opacity': 0.2, 'stroke-dasharray': '1 3'});
    }
    for (const part of shown) box(sheet, part, colour, top + part.lane * (ITEM + 2));
    if (whole) {
      const said = [...(view.released ? ['released'] : []), ...text.said].flatMap((one) => wrapped(one, sheet.beside));
      sheet.lines(sheet.left, y, said, {'font-style': 'italic'});
      y += said.length * LINE;
      for (const one of text.differs) {
        const differs = wrapped(one, sheet.beside - 2);
        sheet.sign(sheet.left, y + 9);
        sheet.lines(sheet.left + 13, y, differs, {'font-weight': 700});
        y += differs.length * LINE;
      }
    }
    sheet.y = Math.max(y, top + lines.length * LINE) + GAP;
  }

  /** Draws an object with the views over it. `colours` counts the views of the whole drawing. */
  function block(sheet, object, views, marks, colours, most) {
    head(sheet, object, (marks.objects || {})[object.name] || []);
    const {values, length} = scenes.memory(object);
    const cellsInAll = extent(object, views);
    const marked = new Set((marks.bytes || {})[object.name] || []);
    const rows = views.map((view, at) => {
      const drawn = scenes.obstacle(view) ? {boxes: [], lanes: 0} : scenes.boxes(view);
      const differs = (marks.views || {})[view.name];
      const text = {...label(view, drawn, length === null ? cellsInAll : length, object, differs, most), marked: Boolean(differs)};
      return {view, drawn, text, colour: (colours + at) % COLOURS.length};
    });
    const lines = chosen(cellsInAll, sheet.columns, rows, marked);
    lines.forEach((line, at) => {
      const skipped = line - (at ? lines[at - 1] + 1 : 0);
      if (skipped > 0) gap(sheet, (line - skipped) * sheet.columns, line * sheet.columns - 1);
      const [first, end] = [line * sheet.columns, Math.min((line + 1) * sheet.columns, cellsInAll)];
      cells(sheet, values, first, end, marked);
      for (const one of rows) row(sheet, one.view, one.drawn, one.colour, first, end, one.text, at === 0);
    });
    if (!lines.length) for (const one of rows) row(sheet, one.view, one.drawn, one.colour, 0, 0, one.text, true);
    const last = lines.length ? (lines[lines.length - 1] + 1) * sheet.columns : 0;
    if (last < cellsInAll) gap(sheet, last, cellsInAll - 1);
    sheet.y += GAP;
  }

  /** Says which bytes are not drawn. */
  function gap(sheet, first, last) {
    sheet.text(sheet.left, sheet.y + 10, `⋮ bytes ${first} to ${last} are not drawn`, {'font-style': 'italic'});
    sheet.y += LINE + GAP;
  }

  /** Draws the views whose object the scene does not have: what is known of them, in words. */
  function strays(sheet, views, marks, colours, most) {
    if (!views.length) return;
    sheet.text(EDGE, sheet.y + 10, 'views of an object that is not shown', {'font-style': 'italic'});
    sheet.y += LINE + 3;
    views.forEach((view, at) => {
      const differs = (marks.views || {})[view.name];
      const text = {...label({...view, offset: null}, {boxes: [], lanes: 0}, 0, {name: ''}, differs, most), marked: Boolean(differs)};
      text.said = view.of ? [`of ${scenes.plain(view.of, 40)}`] : [];
      row(sheet, view, {boxes: [], lanes: 0}, (colours + at) % COLOURS.length, 0, 0, text, true);
    });
  }

  /**
   * Returns the drawing of a scene. `marks` is what differs (see `differences` in scene.js), `title` its name for
   * screen readers, `columns` the number of bytes in a line, `id` what the ids in it begin with.
   */
  function drawing(scene, {marks = {}, title = 'Memory and views', columns = 16, id = `drawing-${(made += 1)}`} = {}) {
    const [objects, views] = [scene.objects || [], scene.views || []];
    const most = columns > 8 ? 27 : 19;
    const longest = Math.min(columns, Math.max(1, ...objects.map((object) => extent(object, views.filter((view) => view.of === object.name)))));
    const texts = views.flatMap((view) => [scenes.nameOf(view, most), ...wrap(scenes.layout(view), most, ', ')]);
    const left = EDGE + Math.max(40, ...texts.map((text) => width(text))) + 24;
    const sheet = new Sheet(id, Math.ceil(left), Math.max(longest, 8));
    make(sheet.root, 'title', {id: `${sheet.id}-title`}, title);
    make(sheet.root, 'desc', {id: `${sheet.id}-words`}, scenes.words(scene, marks));
    sheet.root.setAttribute('aria-labelledby', `${sheet.id}-title ${sheet.id}-words`);
    sheet.defs = make(sheet.root, 'defs');
    let colours = 0;
    for (const object of objects) {
      const over = views.filter((view) => view.of === object.name);
      block(sheet, object, over, marks, colours, most);
      colours += over.length;
    }
    strays(sheet, views.filter((view) => !objects.some((object) => object.name === view.of)), marks, colours, most);
    const [wide, high] = [Math.ceil(sheet.width), Math.max(1, Math.ceil(sheet.y - GAP))];
    sheet.root.setAttribute('viewBox', `0 0 ${wide} ${high}`);
    sheet.root.setAttribute('width', wide);
    sheet.root.setAttribute('height', high);
    sheet.root.setAttribute('style', `max-width: 100%; min-width: ${Math.round(wide * SMALLEST)}px; height: auto`);
    return sheet.root;
  }

  /** Returns the last scene of a case at or before a step; without one, the last with a view that lives, or with any. */
  function sceneOf(theCase, step) {
    const all = theCase.views || [];
    if (step) return all.filter((scene) => scene.step <= step).pop();
    const some = all.filter((scene) => (scene.views || []).length);
    return some.filter((scene) => scene.views.some((view) => !view.released)).pop() || some.pop();
  }

  /** Returns a drawing in a box that scrolls by itself where the page is too narrow for it. */
  function shown(caption, scene, marks) {
    const narrow = typeof innerWidth === 'number' && innerWidth < 600;
    const element = document.createElement('div');
    element.setAttribute('class', 'draw');
    element.setAttribute('style', 'overflow-x: auto');
    const svg = element.appendChild(drawing(scene, {marks, title: caption, columns: narrow ? 8 : 16}));
    if (narrow && Number(svg.getAttribute('width')) * SMALLEST > innerWidth - 100) {
      for (const [name, value] of [['tabindex', '0'], ['role', 'region'], ['aria-label', caption]]) element.setAttribute(name, value);
    }
    return {caption, element};
  }

  /** Returns whether a difference is about memory or a view itself, rather than about what a step gave. */
  function isOfMemory(outcome) {
    return outcome.kind !== 'law' && /^(contents|exporter|format|itemsize|lock|readonly|released|shape|strides|suboffsets)$/.test(outcome.facet);
  }

  /**
   * Returns what an opened case shows: its memory as it should be, and, for an outcome that tells it, as `engine` showed
   * it, with what differs marked in both. Without an outcome: the last scene of the case that has a view. A scene that
   * does not differ is not shown beside the other, unless the outcome says that it does: the case can be judged for
   * another version than that of its scenes.
   */
  function drawings(theCase, outcome = null, engine = 'the engine') {
    const step = outcome && outcome.step ? outcome.step : 0;
    const should = sceneOf(theCase, step);
    const seen = outcome && outcome.seen;
    const after = `after step ${step || (should && should.step)}`;
    const marks = should && seen ? scenes.differences(should, seen, {locks: outcome.facet === 'lock'}) : {};
    const differs = Object.values(marks).some((one) => Object.keys(one).length > 0);
    const drawable = (scene) => scene && ((scene.views || []).length > 0 || Object.keys(marks.bytes || {}).length > 0);
    const found = [];
    if (drawable(should)) {
      const bare = Object.fromEntries(Object.keys(marks.views || {}).map((name) => [name, []]));
      found.push(shown(`As it should be, ${after}`, should, {bytes: marks.bytes, views: bare}));
    }
    if (drawable(seen) && (differs || !should || isOfMemory(outcome))) found.push(shown(`As ${engine} showed it, ${after}`, seen, marks));
    return found;
  }

  return {drawing, drawings};
})();
