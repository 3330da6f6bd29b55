// Tests of the filters of the report's page (`data.js` and `filter.js`), and of how an opened case marks what differs
// (`case.js`), outside a browser: `node --test tools/browser`.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {load} from './assets.mjs';

/** Makes an element that holds texts. */
function createElement() {
  const parts = [];
  return {append: (part) => parts.push(part), get textContent() { return parts.join(''); }};
}

const names = ['modelOf', 'filterOf', 'addressOf', 'choose', 'partsOf', 'wordsOf', 'emptyFilter', 'visible', 'signOf', 'marked'];
const {modelOf, filterOf, addressOf, choose, partsOf, wordsOf, emptyFilter, visible, signOf, marked} = load(['data.js', 'filter.js', 'case.js'], names, {createElement});

/** Three engines and four cases: one passes everywhere, one differs in two ways, one crashes, one was not run. */
const model = modelOf({
  engines: ['right', 'wrong', 'a, b&c'].map((name) => ({name})),
  files: [
    {file: 'spec/documents/002_ab.yaml', label: '002_ab.txt', document: true, area: 'documents', claims: [['first', 'On views', 'a view is a view']]},
    {file: 'spec/library/cast.yaml', label: 'spec/library/cast.yaml', document: false, area: 'cast', claims: [['cast', 'measured', 'a cast keeps the bytes']]},
  ],
  outcomes: [
    {status: 'pass'},
    {status: 'fail', severity: 'wrong bytes', facet: 'value', step: 1, expected: '[1]', actual: '[2]'},
    {status: 'known', severity: 'error type', facet: 'exception type', reason: 'Says KeyError.'},
    {status: 'crash', severity: 'crash', reason: 'signal 11'},
    {status: 'skip', reason: 'the engine lacks exporter'},
    {status: 'pass', wording: {step: 1, expected: 'TypeError: a', actual: 'TypeError: b'}},
  ],
  groups: [[0, 1, 2], [0], [1], [2], [0, 2]],
  cases: [
    {id: 'first', file: 0, claim: 0, instead: 'it is not', steps: [['view.cast("B")', 3]], results: [[0, 4], [5, 2]]},
    {id: 'cast/one', file: 1, claim: 0, steps: [['x', 9, [{gives: '[1]'}]]], results: [[0, 1], [1, 2], [2, 3]]},
    {id: 'cast/two', file: 1, claim: 0, says: 'Äpfel', steps: [['y', 12]], results: [[3, 2], [4, 4]]},
    {id: 'cast/three', file: 1, claim: 0, steps: [['z', 15]], results: []},
  ],
});
const shown = (query) => choose(model, filterOf(model, query)).shown;

test('an address is read and written as it was', () => {
  for (const query of [
    '', 'engine=wrong', 'engine=right,wrong&status=crash&area=cast', 'engine=a%2C%20b%26c', 'severity=wrong%20bytes',
    'facet=exception%20type&document=002_ab.txt&verdict=refuted', 'differs=1&q=a%20%26%20b%2C%25&case=cast%2Fone',
  ]) {
    const filter = filterOf(model, query);
    assert.deepEqual(filter.ignored, [], query);
    assert.equal(addressOf(filter), query ? `#cases?${query}` : '#cases');
  }
});

test('what an address names and the report does not have is kept for a message', () => {
  const filter = filterOf(model, 'engine=none,wrong&colour=red&case=nothing&status=nice&q=%E0%A4%A');
  assert.deepEqual(filter.ignored, ['engine none', 'the filter colour', 'the case nothing', 'status nice']);
  assert.deepEqual([filter.engine, filter.case, filter.q], [['wrong'], '', '%E0%A4%A']);
});

test('a document is known by its number and its file, a severity by its class', () => {
  for (const name of ['002', '002_ab.txt', 'spec%2Fdocuments%2F002_ab.yaml']) assert.deepEqual(filterOf(model, `document=${name}`).document, ['002_ab.txt']);
  assert.deepEqual(filterOf(model, 'severity=wrong-bytes').severity, ['wrong bytes']);
});

test('the id of a table stands for its first row', () => {
  assert.equal(filterOf(model, 'case=cast').case, 'cast/one');
  assert.equal(filterOf(model, 'case=first').case, 'first');
});

test('a page and what follows it are told apart', () => {
  assert.deepEqual(partsOf('#cases?q=a?b'), ['cases', 'q=a?b']);
  assert.deepEqual(partsOf('#errata'), ['errata', '']);
  assert.deepEqual(partsOf(''), ['', '']);
});

test('every filter lets the right cases through', () => {
  assert.deepEqual(shown(''), [0, 1, 2, 3]);
  assert.deepEqual(shown('engine=wrong'), [0, 1, 2]);
  assert.deepEqual(shown('status=crash,fail'), [1, 2]);
  assert.deepEqual(shown('engine=right&status=fail'), [], 'engine and status must hold of one result');
  assert.deepEqual(shown('engine=right,wrong&status=fail'), [1]);
  assert.deepEqual(shown('severity=error%20type'), [1]);
  assert.deepEqual(shown('severity=error%20type&facet=value'), []);
  assert.deepEqual(shown('area=cast&facet=value'), [1]);
  assert.deepEqual(shown('document=002'), [0]);
  assert.deepEqual(shown('verdict=refuted'), [0]);
  assert.deepEqual(shown('verdict=confirmed'), [1, 2, 3]);
  assert.deepEqual(shown('verdict=confirmed,refuted'), [0, 1, 2, 3]);
});

test('engines disagree where judgements differ: a skip is none, and a wording is no difference', () => {
  assert.deepEqual(shown('differs=1'), [1]);
  assert.deepEqual(shown('differs=1&engine=right'), [1], 'with one engine, all are compared');
  assert.deepEqual(shown('differs=1&engine=right,wrong'), [1]);
  assert.deepEqual(shown('differs=0'), [0, 1, 2, 3]);
});

test('texts are searched in ids, claims, sections, steps and messages', () => {
  assert.deepEqual(shown('q=CAST'), [0, 1, 2, 3]);
  assert.deepEqual(shown('q=cast%20KeyError'), [1]);
  assert.deepEqual(shown('q=on%20views'), [0]);
  assert.deepEqual(shown('q=%C3%A4pfel'), [2]);
  assert.deepEqual(shown('q=signal%2011'), [2]);
  assert.deepEqual(shown('q=%22is%20a%20view%22'), [0]);
  assert.deepEqual(shown('q=%22view%20a%22'), []);
  assert.deepEqual(wordsOf('  a "b  c" "d'), ['a', 'b  c', 'd']);
  // Typed key by key, a word finds what it finds at once.
  const fresh = () => ({...model, found: new Map()});
  const typed = fresh();
  for (const q of ['k', 'ke', 'key', 'keye']) assert.deepEqual(choose(typed, {...emptyFilter(), q}).shown, choose(fresh(), {...emptyFilter(), q}).shown);
});

test('the counts of the statuses do not depend on the chosen status', () => {
  const counts = (query) => Object.fromEntries(choose(model, filterOf(model, query)).counts.map((count, at) => [model.statuses[at], count]));
  assert.deepEqual(counts(''), {fail: 1, crash: 1, known: 1, pass: 2, skip: 1});
  assert.deepEqual(counts('status=crash'), counts(''));
  assert.deepEqual(counts('engine=wrong'), {fail: 1, crash: 1, known: 0, pass: 1, skip: 0});
});

test('what can not be seen is an escape', () => {
  assert.equal(visible('a\x1b[0m\u202eb\r\0\n\tc\u0085\ufeff'), 'a\\x1b[0m\\u202eb\\x0d\\x00\n\tc\\x85\\ufeff');
});

test('a difference shows how bad it is, and whether it is new', () => {
  assert.deepEqual(signOf(model.data.outcomes[1]), {symbol: '✗', kind: 'severity-wrong-bytes new', words: 'wrong bytes'});
  assert.deepEqual(signOf(model.data.outcomes[2]), {symbol: '△', kind: 'severity-error-type', words: 'error type (known)'});
  assert.deepEqual(signOf({status: 'pass', severity: 'wording'}), {symbol: '✓', kind: 'status-pass', words: 'pass'});
  assert.deepEqual(signOf({status: 'known'}).kind, 'status-known');
});

test('of two texts, what lies between their common beginning and end is marked', () => {
  const parts = (before, after) => marked(before, after).map((part) => part.map((each) => (typeof each === 'string' ? each : `<${each.textContent}>`)).join(''));
  assert.deepEqual(parts('[1, 2, 3]', '[1, 4, 3]'), ['[1, <2>, 3]', '[1, <4>, 3]']);
  assert.deepEqual(parts('a', 'a b'), ['a', 'a< b>']);
  assert.deepEqual(parts('aa', 'aaa'), ['<aa>', '<aaa>']);
  assert.deepEqual(parts('same', 'same'), ['same', 'same']);
});
