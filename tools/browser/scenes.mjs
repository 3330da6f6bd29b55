// Scenes to draw, written by hand: one for each thing that a view can be. Used by the tests of the drawings and by the
// picture of the README. Each is what the steps beside it leave behind.

const view = (name, of, offset, format, itemsize, shape, strides, more = {}) => ({name, of, offset, format, itemsize, shape, strides, ...more});
const object = (name, type, text, more = {}) => ({name, type, bytes: Buffer.from(text, 'latin1').toString('hex'), ...more});
const letters = 'abcdefgh';

/**
 * PyPy 7.3.19: a slice of a view with a stride starts at the wrong byte, and doesn't keep its exporter from being resized.
 * The engine tells no exporter of the slice; what it writes shows where it lies.
 */
export const aliasing = {
  steps: ["data = bytearray(b'abcdefgh')", 'view = memoryview(data)[::2]', 'part = view[1:3]', "part[:] = b'XY'"],
  engine: 'PyPy 7.3.19',
  expected: {
    step: 4,
    objects: [object('data', 'bytearray', 'abXdYfgh', {locked: true})],
    views: [view('view', 'data', 0, 'B', 1, [4], [2]), view('part', 'data', 2, 'B', 1, [2], [2])],
  },
  seen: {
    step: 4,
    objects: [object('data', 'bytearray', 'aXcYefgh')],
    views: [view('view', 'data', 0, 'B', 1, [4], [2]), view('part', 'data', 1, 'B', 1, [2], [2])],
  },
};

export const all = {
  strided: aliasing.expected,
  reversed: {objects: [object('data', 'bytearray', letters, {locked: true})], views: [view('back', 'data', 7, 'B', 1, [8], [-1])]},
  cast: {objects: [object('data', 'bytearray', letters, {locked: true})], views: [view('v', 'data', 0, 'H', 2, [4], [2]), view('w', 'data', 4, 'i', 4, [1], [4])]},
  grid: {objects: [object('data', 'bytes', 'abcdef')], views: [view('grid', 'data', 0, 'B', 1, [2, 3], [3, 1], {readonly: true})]},
  column: {objects: [object('data', 'bytearray', letters)], views: [view('part', 'data', 1, 'B', 1, [2, 2], [4, -1])]},
  cube: {objects: [object('data', 'bytearray', 'abcdefghijkl')], views: [view('cube', 'data', 0, 'B', 1, [2, 3, 2], [6, 2, 1])]},
  overlapping: {objects: [object('data', 'exporter', letters)], views: [view('v', 'data', 0, 'H', 2, [5], [1]), view('same', 'data', 3, 'B', 1, [4], [0])]},
  pointers: {objects: [object('data', 'exporter', letters)], views: [view('v', 'data', 0, 'B', 1, [2, 2], [8, 1], {suboffsets: [0, -1]})]},
  released: {objects: [object('data', 'bytearray', letters)], views: [{name: 'gone', of: 'data', released: true}, view('v', 'data', 0, 'B', 1, [8], [1])]},
  scalar: {objects: [object('data', 'bytearray', 'abcd')], views: [view('one', 'data', 0, 'i', 4, [], [])]},
  empty: {objects: [object('data', 'bytearray', '')], views: [view('none', 'data', 0, 'B', 1, [0], [1])]},
  nothing: {objects: [object('data', 'bytearray', letters)], views: [view('none', 'data', 3, 'B', 1, [2, 0], [0, 1])]},
  unknown: {objects: [{name: 'bytes()', type: 'bytes', bytes: null, length: 6}, {name: 'x', bytes: null}], views: [view('v', 'bytes()', 2, 'B', 1, [2], [1]), view('w', 'x', 0, 'h', 2, [3], [2]), view('u', 'x', null, null, null, null, null), view('s', 'elsewhere', 4, 'B', 1, [4], [1])]},
  outside: {objects: [object('data', 'bytearray', 'abcd')], views: [view('v', 'data', 2, 'B', 1, [4], [1])]},
  long: {objects: [object('data', 'bytearray', 'The quick brown fox jumps over the lazy dog and runs.', {locked: true})], views: [view('words', 'data', 4, 'i', 4, [8], [4]), view('every_third_byte_of_all_of_the_text', 'data', 0, 'B', 1, [18], [3])]},
  huge: {objects: [{name: 'data', type: 'bytearray', bytes: '00'.repeat(256), length: 4096}], views: [view('v', 'data', 0, 'd', 8, [512], [8]), view('end', 'data', 4000, 'B', 1, [96], [1])]},
  sparse: {objects: [object('data', 'exporter', 'x'.repeat(128))], views: [view('ends', 'data', 1, 'B', 1, [2], [70])]},
  hostile: {objects: [object('</svg><script>alert(1)</script>\u202e\u0007', '"><b>', '<&">')], views: [view(']]><img src=x onerror=alert(1)>', '</svg><script>alert(1)</script>\u202e\u0007', 0, 'B\u0000\n</text>', 1, [4], [1])]},
  bare: {objects: [object('data', 'bytearray', letters)], views: []},
};
