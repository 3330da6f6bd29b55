// Tests of the drawings of the report's page (`scene.js` and `draw.js`), outside a browser: `node --test tools/browser`.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {load} from './assets.mjs';
import {faults} from './drawn.mjs';
import {aliasing, all} from './scenes.mjs';

const {drawing, drawings, scenes} = load(['scene.js', 'draw.js'], ['drawing', 'drawings', 'scenes']);
const texts = (svg) => svg.named('text').map((text) => text.textContent);
const words = (svg) => svg.named('desc')[0].textContent;
/** Returns the texts of the item boxes over each byte, for one object in one line of cells. */
const visited = (svg) => svg.named('text').filter((text) => text.getAttribute('font-weight') === '600').map((text) => text.textContent);

for (const [name, scene] of Object.entries(all)) {
  for (const columns of [8, 16]) {
    test(`the scene “${name}” is drawn in lines of ${columns} bytes without a fault`, () => {
      assert.deepEqual(faults(drawing(scene, {columns})), []);
    });
  }
}

/** Returns scenes made by chance, always the same ones. */
function* chance(count) {
  let state = 20260101;
  const below = (number) => Math.floor(((state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31) * number);
  const one = (...all) => all[below(all.length)];
  const sizes = (dimensions, ...all) => Array.from({length: dimensions}, () => one(...all));
  const huge = 9223372036854775807;
  for (let made = 0; made < count; made += 1) {
    const length = one(0, 1, 4, 8, 17, 100, 256);
    const object = {name: one('data', 'a_name_that_goes_on_and_on_and_on_and_on', '日本語の名前'), bytes: one(null, '4a'.repeat(length)), locked: one(true, false), ...one({}, {length: 4096}, {length: 123456})};
    const views = sizes(below(5), 0).map((_, at) => {
      const dimensions = one(0, 1, 1, 2, 2, 3, 10);
      const layout = {offset: one(0, 1, 5, -3, null, 100, 1e6), itemsize: one(1, 2, 4, 8, 0, -huge), shape: sizes(dimensions, 0, 1, 2, 3, 5, 3, huge), strides: sizes(dimensions, 1, 2, -1, 0, 4, -4, huge)};
      return {name: `v${at}`, of: one(object.name, object.name, 'elsewhere'), format: one('B', null, 'T{<h:a:}', 'Z'.repeat(80)), ...layout, ...one({}, {}, {readonly: true}, {released: true}, {suboffsets: [0]})};
    });
    yield {step: 1, objects: [object], views};
  }
}

test('scenes made by chance are drawn, alone and compared, without a fault', () => {
  let last = all.strided;
  for (const scene of chance(400)) {
    const found = drawings({views: [scene]}, {step: 1, seen: last, facet: 'lock'}).flatMap(({element}) => faults(element.children[0]));
    assert.deepEqual(found, [], JSON.stringify([scene, last]));
    last = scene;
  }
});

test('items are numbered in the order in which the view visits them', () => {
  assert.deepEqual(visited(drawing(all.reversed)), ['7', '6', '5', '4', '3', '2', '1', '0']);
  assert.deepEqual(visited(drawing(all.column)), ['0,1', '0,0', '1,1', '1,0']);
  assert.deepEqual(visited(drawing(all.scalar)), ['()']);
  assert.match(words(drawing(all.reversed)), /in order, its items lie at bytes? 7, 6, 5, 4, 3, 2, 1, 0\./);
});

test('an item of several bytes is one box, also where a line ends within it', () => {
  const one = drawing(all.scalar).named('rect').find((rect) => rect.getAttribute('rx'));
  assert.equal(Number(one.getAttribute('width')), 4 * 27 - 2);
  const split = {objects: [{name: 'd', bytes: '00'.repeat(20)}], views: [{name: 'v', of: 'd', offset: 14, format: 'i', itemsize: 4, shape: [1], strides: [4]}]};
  assert.deepEqual(visited(drawing(split)), ['0', '…']);
});

test('items that overlap lie in lanes, and items at the same place share a box', () => {
  const {boxes, lanes} = scenes.boxes(all.overlapping.views[0]);
  assert.equal(lanes, 2);
  assert.deepEqual(boxes.map((box) => box.lane), [0, 1, 0, 1, 0]);
  assert.deepEqual(scenes.boxes(all.overlapping.views[1]).boxes.map((box) => box.key), ['0–3']);
});

test("what can't be drawn is said", () => {
  const said = (name) => texts(drawing(all[name])).join(' ');
  assert.match(said('pointers'), /its items are reached through pointers: suboffsets \(0, -1\)/);
  assert.match(said('released'), /released/);
  assert.match(said('nothing'), /no items; starts at byte 3/);
  assert.match(said('outside'), /2 items outside data/);
  assert.match(said('unknown'), /its layout is not known/);
  assert.match(said('unknown'), /views of an object that is not shown/);
  assert.match(said('huge'), /bytes 80 to 3999 are not drawn/);
  assert.match(said('sparse'), /bytes 16 to 63 are not drawn.*bytes 80 to 127 are not drawn/);
  assert.match(said('strided'), /locked: can't be resized/);
  const gone = drawing(all.released).named('text').find((text) => text.textContent === 'gone');
  assert.equal(gone.getAttribute('text-decoration'), 'line-through');
});

test('what differs is marked and said', () => {
  const [should, is] = drawings({views: [aliasing.expected]}, {step: 4, facet: 'lock', seen: aliasing.seen}, aliasing.engine);
  assert.equal(should.caption, 'As it should be, after step 4');
  assert.equal(is.caption, 'As PyPy 7.3.19 showed it, after step 4');
  assert.match(words(is.element.children[0]), /data differs at bytes 1–4\..*can be resized, should not be.*part differs: should start at byte 2\./);
  assert.ok(texts(is.element.children[0]).includes('should start at byte 2'));
  const marks = scenes.differences(aliasing.expected, aliasing.seen);
  assert.deepEqual(marks, {bytes: {data: [1, 2, 3, 4]}, objects: {data: ['can be resized, should not be']}, views: {part: ['should start at byte 2']}});
});

test('locks are compared only where an engine was found to differ in them', () => {
  const free = {...aliasing.expected, objects: [{...aliasing.expected.objects[0], locked: false}]};
  const said = (facet) => drawings({views: [aliasing.expected]}, {step: 4, facet, kind: 'aliasing', seen: free}).map(({element}) => words(element.children[0])).join();
  assert.match(said('lock'), /can be resized, should not be/);
  assert.doesNotMatch(said('contents'), /should not be/);
});

test('each respect in which a scene can differ is found, and what is not told is no difference', () => {
  const view = {name: 'v', of: 'd', offset: 0, format: 'B', itemsize: 1, shape: [4], strides: [1]};
  const scene = (object, change) => ({objects: [{name: 'd', bytes: '61626364', ...object}], views: [{...view, ...change}]});
  const found = (object, change) => {
    const marks = scenes.differences(scene({}, {}), scene(object, change));
    return [...(marks.bytes.d || []), ...(marks.objects.d || []), ...(marks.views.v || [])];
  };
  assert.deepEqual(found({}, {}), []);
  assert.deepEqual(found({bytes: '6162'}, {}), [2, 3, '2 bytes, should be 4']);
  assert.deepEqual(found({locked: true}, {}), ["can't be resized, should be resizable"]);
  assert.deepEqual(found({}, {released: true}), ['should not be released']);
  assert.deepEqual(found({}, {of: 'e', format: 'b', itemsize: 2}), ['should be a view of d', "format should be 'B'", 'itemsize should be 1']);
  assert.deepEqual(found({}, {shape: [2], strides: [2]}), ['shape should be (4,)', 'strides should be (1,)']);
  assert.deepEqual(found({}, {readonly: true}), ['should be writable']);
  assert.deepEqual(found({bytes: null}, {offset: null, format: null, itemsize: null, shape: null, strides: null}), []);
});

test('an opened case shows the memory at the step that differs, or the last with a view', () => {
  const at = (step, name) => ({...all[name], step});
  const theCase = {views: [at(1, 'strided'), at(3, 'reversed'), at(5, 'bare')]};
  const captions = (...rest) => drawings(theCase, ...rest).map(({caption}) => caption);
  assert.deepEqual(captions(), ['As it should be, after step 3']);
  assert.deepEqual(captions({step: 2}), ['As it should be, after step 2']);
  assert.deepEqual(captions({step: 5}), []);
  assert.deepEqual(captions({step: 2, seen: all.reversed}, 'X'), ['As it should be, after step 2', 'As X showed it, after step 2']);
  const gone = {objects: all.bare.objects, views: [{name: 'view', of: 'data', released: true}], step: 4};
  assert.deepEqual(drawings({views: [at(2, 'reversed'), gone]}).map(({caption}) => caption), ['As it should be, after step 2']);
  assert.deepEqual(drawings({views: [at(2, 'bare'), gone]}).map(({caption}) => caption), ['As it should be, after step 4']);
  const same = {step: 2, seen: all.strided};
  assert.deepEqual(captions(same), ['As it should be, after step 2']);
  assert.deepEqual(captions({...same, facet: 'exporter', kind: 'law'}), ['As it should be, after step 2']);
  assert.equal(captions({...same, facet: 'exporter', kind: 'aliasing'}).length, 2);
  assert.deepEqual(drawings({}, {step: 1}), []);
  assert.deepEqual(drawings({}, null), []);
});

test('a screen reader is told what is drawn', () => {
  const svg = drawing(all.cast, {title: 'Memory'});
  assert.equal(svg.getAttribute('role'), 'img');
  const named = svg.getAttribute('aria-labelledby').split(' ');
  assert.deepEqual(named, svg.children.slice(0, 2).map((child) => child.getAttribute('id')));
  assert.equal(svg.named('title')[0].textContent, 'Memory');
  assert.match(words(svg), /data: bytearray, 8 bytes; it holds 61 62 63 64 65 66 67 68; it can't be resized\./);
  assert.match(words(svg), /w: a view of data; format 'i'; shape \(1,\); strides \(4,\); in order, its items lie at bytes 4–7\./);
});

test("names and formats stay text, and can't reorder or hide what is beside them", () => {
  const svg = drawing(all.hostile);
  assert.equal(svg.all().filter(({name}) => !/^(svg|title|desc|defs|pattern|path|rect|text)$/.test(name)).length, 0);
  assert.ok(texts(svg).some((text) => text.includes('\\u202e\\x')) || /\\u202e\\x07/.test(words(svg)));
  const written = svg.xml();
  assert.doesNotMatch(written, /<script|<img|[\u0000-\u0009\u202e]/);
});

test("two drawings in a document don't share the names of their patterns", () => {
  const names = [drawing(all.cast), drawing(all.cast)].flatMap((svg) => svg.all().map((one) => one.getAttribute('id')).filter(Boolean));
  assert.equal(new Set(names).size, names.length);
});

test('the picture in docs/ is what the script of the page draws now', () => {
  execFileSync(process.execPath, [fileURLToPath(new URL('pictures.mjs', import.meta.url)), '--check'], {stdio: 'pipe'});
});
