// The scripts of cases, run for real: where a case passes on a Python, its script does too; and if something else is
// expected than what comes, it fails. Every tenth case is tried, or all with SCRIPTS=all.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { load } from './assets.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const FOLDER = process.env.BROWSER_REPORTS ?? '/tmp/viewcheck-browser';
const PYTHON = process.env.BROWSER_PYTHON ?? 'python3';

const { script } = load(['data.js', 'script.js'], ['script']);
let data, passing, tried;
before(() => {
    const page = readFileSync(join(FOLDER, 'real/index.html'), 'utf8');
    const packed = /<script[^>]* id="?data"?[^>]*>([^<]*)</.exec(page)[1];
    data = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')));
    const python = data.engines.findIndex((engine) => engine.name === 'python');
    passing = data.cases.filter((item) =>
        item.results.some(([outcome, group]) => data.outcomes[outcome].status === 'pass' && data.groups[group].includes(python)));
    tried = process.env.SCRIPTS === 'all' ? passing : passing.filter((_, index) => index % 10 === 0);
});

/** Runs scripts, each in a process of its own. Gives the exit status of each, and what it said. */
function run(scripts) {
    const input = JSON.stringify(scripts);
    const done = spawnSync(PYTHON, [join(HERE, 'scripts.py')], { input, encoding: 'utf8', maxBuffer: 1 << 30 });
    assert.equal(done.status, 0, done.stderr);
    return JSON.parse(done.stdout);
}

/** Asserts that all scripts end with one of these statuses. */
function endWith(statuses, scripts) {
    assert.ok(scripts.length > 0, 'there are such cases');
    for (const [index, [status, said]] of run(scripts).entries()) {
        assert.ok(statuses.includes(status), `${said}\nended with ${status}:\n\n${scripts[index]}`);
    }
}

test('the scripts of cases that pass are as expected', () => {
    endWith([0], tried.map((item) => script(item, null, data)));
});

test('a script says what was expected, and where the case is', () => {
    const item = passing.find(({ steps }) => steps.some(([, , entries]) => entries?.some(({ gives }) => gives === 'True')));
    const text = script(item, null, data);
    assert.ok(text.includes(item.id) && text.includes(`${data.files[item.file].file}:${item.line}`), text);
    const steps = item.steps.map(([step, line, entries]) =>
        [step, line, entries?.map((entry) => (entry.gives === 'True' ? { ...entry, gives: "'another'" } : entry))]);
    const [[status, said]] = run([script({ ...item, steps }, null, data)]);
    assert.equal(status, 1);
    assert.match(said, /expected:? *'another'/);
});

// What is changed in an expectation, and must be noticed.
const SPOILT = {
    gives: () => ({ gives: "'another'" }),
    raises: () => ({ raises: 'ZeroDivisionError' }),
    message: ({ message }) => ({ message: `${message} another` }),
    prints: () => ({ prints: 'another' }),
    locks: ({ locks }) => ({ locks: [...locks, 'another'] }),
    type: () => ({ type: 'another' }),
    allocates: () => ({ allocates: '>= 1024 MiB' }),
};

for (const [key, spoil] of Object.entries(SPOILT)) {
    test(`another expectation of \`${key}\` is not met`, () => {
        const spoilt = [];
        for (const item of passing) {
            const at = item.steps.findIndex(([, , entries]) => entries?.length === 1 && entries[0][key] !== undefined);
            if (at < 0 || spoilt.length === 40) continue;
            if (/ at 0x|^\.\.\.: /.test(item.steps[at][2][0].message ?? '')) continue;
            const steps = item.steps.map((step, index) =>
                index === at ? [step[0], step[1], [{ ...step[2][0], ...spoil(step[2][0]) }]] : step);
            spoilt.push(script({ ...item, steps }, null, data));
        }
        endWith([1], spoilt);
    });
}

test('what an engine did otherwise is checked, even if the case says nothing of it', () => {
    const item = { id: 'a', file: 0, line: 1, claim: 0, results: [], steps: [
        ["data = bytearray(b'abcdef')", 1], ['view = memoryview(data)[2:]', 2], ['view.tolist()', 3]] };
    const right = [
        { facet: 'offset', step: 2, expected: 'from byte 2 of `data`' },
        { facet: 'shape', step: 2, expected: 'shape [4]' },
        { facet: 'lock', step: 3, expected: '`data` is locked' },
        { facet: 'contents', step: 3, expected: "`data` holds b'abcdef'" },
        { facet: 'value', step: 3, expected: '[99, 100, 101, 102]' },
        { facet: 'released', step: 3, expected: '`view` is a view' },
        { facet: 'value', step: 3, expected: "after the case, `view.hex()` gives '63646566'" },
    ];
    const wrong = [
        { facet: 'offset', step: 2, expected: 'from byte 1 of `data`' },
        { facet: 'exporter', step: 2, expected: 'from byte 2 of an unnamed bytes' },
        { facet: 'shape', step: 2, expected: 'shape [5]' },
        { facet: 'strides', step: 2, expected: 'strides [-1]' },
        { facet: 'readonly', step: 2, expected: 'a read-only view' },
        { facet: 'format', step: 2, expected: "format 'b'" },
        { facet: 'lock', step: 3, expected: '`data` is not locked' },
        { facet: 'contents', step: 3, expected: "`data` holds b'abcdeX'" },
        { facet: 'value', step: 3, expected: '[99, 100, 101, 103]' },
        { facet: 'type of value', step: 3, expected: '<iterator object>' },
        { facet: 'a value instead of an error', step: 3, expected: 'TypeError: no' },
        { facet: 'released', step: 3, expected: '`view` is a released view' },
        { facet: 'value', step: 3, expected: "after the case, `view.hex()` gives '63646567'" },
    ];
    const scripts = (outcomes) => outcomes.map((outcome) => script(item, { status: 'fail', actual: '', ...outcome }, data));
    endWith([0], scripts(right));
    endWith([1], scripts(wrong));
});

test('what an engine says stays a comment or a literal', () => {
    const evil = 'x\nraise SystemExit(3)\r#\u2028raise SystemExit(3)\u0000"""\\';
    const item = { id: evil, file: 0, line: 1, claim: 0, says: evil, results: [[0, 0]], steps: [["view = memoryview(b'ab')", 1], ['view[0]', 2]] };
    const scripts = [];
    for (const facet of ['value', 'type of value', 'printed', 'shape', 'format', 'offset', 'contents', 'message', 'a value instead of an error']) {
        for (const expected of [evil, '__import__("sys").exit(3)', 'print(3)', `f'{exit(3)}'`, "'a' or exit(3)", `TypeError: ${evil}`]) {
            const outcome = { status: 'fail', facet, step: 2, expected, actual: evil, reason: evil };
            const engines = [{ ...data.engines[0], what: evil }];
            scripts.push(script(item, outcome, { ...data, engines, outcomes: [outcome], groups: [[0]] }));
        }
    }
    endWith([0, 1], scripts);
});
