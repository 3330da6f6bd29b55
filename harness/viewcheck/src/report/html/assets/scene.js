// What a scene says: the bytes of its objects, the items that each view covers, in which two scenes differ, and all of
// this in words. A scene is the memory after a step as the results store it (report/model/scene.rs). Nothing here
// touches the document: `draw.js` draws what these functions find.

const scenes = (() => {
  /** Items of a view that are looked at. A view of more is drawn and told up to there. */
  const MOST_ITEMS = 2048;
  /** Bytes or items that a sentence lists. */
  const MOST_WORDS = 48;

  /** Characters that a text must not hide or reorder by: control characters, line separators, bidirectional marks. */
  const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

  /** Returns `text` with invisible characters as escapes, cut to `most` characters. */
  function plain(text, most = 200) {
    const shown = String(text).replace(INVISIBLE, (one) => {
      const code = one.charCodeAt(0);
      return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    });
    const all = Array.from(shown);
    return all.length > most ? `${all.slice(0, most - 1).join('')}…` : shown;
  }

  /** Returns numbers as Python writes a tuple. JavaScript does not know larger ones exactly. */
  function tuple(numbers) {
    const texts = numbers.map((number) => (Number.isSafeInteger(number) ? `${number}` : `about ${number.toExponential(1)}`));
    return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(', ')})`;
  }

  function plural(count, word) {
    return `${count} ${word}${count === 1 ? '' : 's'}`;
  }

  /** Returns texts joined by commas, as many as a sentence can take. */
  function list(texts) {
    const some = texts.slice(0, MOST_WORDS).join(', ');
    return texts.length > MOST_WORDS ? `${some} and ${texts.length - MOST_WORDS} more` : some;
  }

  /** Returns the numbers with each run of neighbours written as its first and last: `0–3, 7`. */
  function ranges(numbers) {
    const runs = [];
    for (const number of numbers) {
      const last = runs[runs.length - 1];
      if (last && number === last[1] + 1) last[1] = number;
      else runs.push([number, number]);
    }
    return list(runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)));
  }

  /** Returns whether `numbers` is a list of whole numbers that can be computed with. An engine may tell none. */
  function told(numbers) {
    return Array.isArray(numbers) && numbers.every((number) => Number.isSafeInteger(number));
  }

  /** Returns the bytes of an object: `values` (as many as are stored), and its `length`, null if that is not known. */
  function memory(object) {
    const hex = typeof object.bytes === 'string' ? object.bytes : '';
    const values = [];
    for (let at = 0; at + 1 < hex.length; at += 2) values.push(parseInt(hex.slice(at, at + 2), 16));
    const known = typeof object.bytes === 'string';
    const length = Number.isSafeInteger(object.length) ? object.length : known ? values.length : null;
    return {values, length, known};
  }

  /** Returns why a view's items can't be drawn over its object, or '' if they can. */
  function obstacle(view) {
    if (view.released) return 'released';
    if (Array.isArray(view.suboffsets) && view.suboffsets.some((one) => one >= 0)) {
      return `its items are reached through pointers: suboffsets ${tuple(view.suboffsets)}`;
    }
    const sizes = told(view.shape) && told(view.strides) && view.shape.every((length) => length >= 0);
    if (!sizes || view.shape.length !== view.strides.length || !(view.itemsize >= 0)) return 'its layout is not known';
    if (view.shape.includes(0)) {
      return Number.isSafeInteger(view.offset) ? `no items; starts at byte ${view.offset}` : 'no items';
    }
    if (!Number.isSafeInteger(view.offset)) return 'starts outside this memory, or at an unknown byte';
    return view.itemsize === 0 ? 'its items have no bytes' : '';
  }

  /** Returns the items of a view in the order in which it visits them: the byte where each starts, and its index. */
  function items(view) {
    const {shape, strides} = view;
    const found = [];
    const index = shape.map(() => 0);
    for (;;) {
      found.push({start: index.reduce((sum, at, axis) => sum + at * strides[axis], view.offset), index: index.slice()});
      let axis = shape.length - 1;
      while (axis >= 0 && index[axis] + 1 >= shape[axis]) index[axis--] = 0;
      if (axis < 0 || found.length >= MOST_ITEMS) return found;
      index[axis] += 1;
    }
  }

  /** Returns the name of an item, as the key that Python takes: `3`, `1,2`, or `()` where there are no dimensions. */
  function key(index) {
    return index.length === 0 ? '()' : index.join(',');
  }

  /**
   * Returns the boxes of a view: one for each place that its items cover, with the text of the items that lie there and
   * a lane, so that boxes which overlap in part lie beside each other.
   */
  function boxes(view) {
    const places = new Map();
    const found = items(view);
    found.forEach((item, order) => {
      const place = places.get(item.start);
      if (place) place.orders.push(order);
      else places.set(item.start, {start: item.start, end: item.start + view.itemsize, first: item.index, orders: [order]});
    });
    const ends = [];
    const sorted = [...places.values()].sort((one, other) => one.start - other.start);
    for (const box of sorted) {
      let lane = ends.findIndex((end) => end <= box.start);
      if (lane < 0) lane = ends.length;
      ends[lane] = box.end;
      box.lane = lane;
      box.order = `${box.orders[0]}${box.orders.length > 1 ? '…' : ''}`;
      box.key = box.orders.length === 1 ? key(box.first) : several(box, view);
    }
    const more = view.shape.reduce((product, length) => product * length, 1) > found.length;
    return {boxes: sorted, lanes: ends.length, looked: found.length, more};
  }

  /** Returns the text of several items that lie at one place. */
  function several(box, view) {
    const last = box.orders[box.orders.length - 1];
    const run = view.shape.length === 1 && last - box.orders[0] === box.orders.length - 1;
    return run ? `${box.orders[0]}–${last}` : `${key(box.first)}…`;
  }

  /** Returns the layout of a view as short texts: its format, shape, strides, and whether it is read-only. */
  function layout(view) {
    if (view.released) return [];
    const parts = [typeof view.format === 'string' ? `format '${plain(view.format, 24)}'` : 'format not known'];
    parts.push(told(view.shape) ? `shape ${tuple(view.shape)}` : 'shape not known');
    parts.push(told(view.strides) ? `strides ${tuple(view.strides)}` : 'strides not known');
    if (view.readonly) parts.push('read-only');
    return parts;
  }

  /** Returns what an object is: `a bytearray of 8 bytes`, as far as is known. */
  function kind(object) {
    const {length} = memory(object);
    const type = object.type ? plain(object.type, 40) : 'object';
    return length === null ? type : `${type}, ${plural(length, 'byte')}`;
  }

  /** Returns where the items of a view lie, in words. */
  function where(view) {
    const why = obstacle(view);
    if (why) return why;
    const found = items(view);
    const places = found.map(({start}) => (view.itemsize === 1 ? `${start}` : `${start}–${start + view.itemsize - 1}`));
    return `in order, its items lie at ${view.itemsize === 1 ? 'byte' : 'bytes'} ${list(places)}`;
  }

  /** Returns a scene in sentences, for those who don't see the drawing. */
  function words(scene, marks = {}) {
    const said = [];
    for (const object of scene.objects || []) {
      const {values, known} = memory(object);
      const hex = values.map((value) => value.toString(16).padStart(2, '0'));
      const holds = known && values.length ? `; it holds ${hex.slice(0, MOST_WORDS).join(' ')}${hex.length > MOST_WORDS ? ' …' : ''}` : '';
      const name = plain(object.name, 60);
      said.push(`${name}: ${kind(object)}${holds}${object.locked ? "; it can't be resized" : ''}.`);
      const bytes = (marks.bytes || {})[object.name] || [];
      if (bytes.length) said.push(`${name} differs at ${bytes.length === 1 ? 'byte' : 'bytes'} ${ranges(bytes)}.`);
      for (const text of (marks.objects || {})[object.name] || []) said.push(`${name} differs: ${text}.`);
    }
    for (const view of scene.views || []) {
      const name = nameOf(view);
      said.push(`${name}: a view of ${plain(view.of || 'an unknown object', 60)}; ${[...layout(view), where(view)].join('; ')}.`);
      const differs = (marks.views || {})[view.name];
      if (differs) said.push(`${name} differs${differs.length ? `: ${differs.join('; ')}` : ''}.`);
    }
    return said.join(' ');
  }

  /** Returns the objects or views by their names. */
  function named(all) {
    return new Map((all || []).map((one) => [one.name, one]));
  }

  /**
   * Returns in what an engine's scene differs from what it should be, for `drawing`: bytes by object, and texts by object
   * and by view. What one side does not tell is no difference. `locks`: whether the engine tells of locks at all, and
   * gives them back when CPython does.
   */
  function differences(expected, seen, {locks = true} = {}) {
    const marks = {bytes: {}, objects: {}, views: {}};
    const objects = named(seen.objects);
    for (const [name, should] of named(expected.objects)) {
      const is = objects.get(name);
      if (!is) continue;
      const [one, other] = [memory(should), memory(is)];
      const both = one.known && other.known;
      const end = Math.max(one.values.length, other.values.length);
      const bytes = both ? Array.from({length: end}, (_, at) => at).filter((at) => one.values[at] !== other.values[at]) : [];
      if (bytes.length) marks.bytes[name] = bytes;
      const texts = [];
      if (both && one.length !== other.length) texts.push(`${plural(other.length, 'byte')}, should be ${one.length}`);
      if (locks && Boolean(should.locked) !== Boolean(is.locked)) texts.push(is.locked ? "can't be resized, should be resizable" : 'can be resized, should not be');
      if (texts.length) marks.objects[name] = texts;
    }
    const views = named(seen.views);
    for (const [name, should] of named(expected.views)) {
      const texts = views.has(name) ? contrast(should, views.get(name)) : [];
      if (texts.length) marks.views[name] = texts;
    }
    return marks;
  }

  /** Returns what a field of a view should be, in words. */
  function wish(field, value) {
    if (field === 'of') return `should be a view of ${value}`;
    return field === 'format' ? `format should be '${value}'` : `${field} should be ${value}`;
  }

  /** Returns in what a view differs from what it should be, as texts. */
  function contrast(should, is) {
    if (Boolean(should.released) !== Boolean(is.released)) return [is.released ? 'should not be released' : 'should be released'];
    if (is.released) return [];
    const texts = [];
    for (const field of ['of', 'format', 'itemsize']) {
      const known = should[field] !== null && should[field] !== undefined && is[field] !== null && is[field] !== undefined;
      if (known && is[field] !== should[field]) texts.push(wish(field, plain(should[field], 40)));
    }
    const offsets = Number.isSafeInteger(should.offset) && Number.isSafeInteger(is.offset);
    if (offsets && should.offset !== is.offset) texts.push(`should start at byte ${should.offset}`);
    for (const field of ['shape', 'strides']) {
      const known = told(should[field]) && told(is[field]);
      if (known && tuple(should[field]) !== tuple(is[field])) texts.push(`${field} should be ${tuple(should[field])}`);
    }
    if (Boolean(should.readonly) !== Boolean(is.readonly)) texts.push(is.readonly ? 'should be writable' : 'should be read-only');
    return texts;
  }

  /** Returns the name of a view as it is shown. `_` is what the step gives, where no name is bound to it. */
  function nameOf(view, most = 60) {
    return view.name === '_' ? '_ (the result)' : plain(view.name, most);
  }

  return {plain, plural, nameOf, memory, obstacle, boxes, layout, kind, words, differences};
})();
