// Cases whose every text tries to break out of the report. What a program under test can say is added by the runner
// `wrong.py hostile`, which does so for programs with the name `hostile`.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BREAKOUT = JSON.parse(
    readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'breakout.json'), 'utf8'),
).text;

/** The name of the file with these cases. It can't have a `/`. */
export const FILE = '<img id=broken src=x onerror=broken=1>"\'&.yaml';

/** A text in quotes and with escapes, which is the same in Python and in YAML. */
function quoted(text) {
    return JSON.stringify(text).replace(/[^ -~]/g, (char) => '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0'));
}

const TEXT = quoted(BREAKOUT);
const BYTES = 'b' + quoted(BREAKOUT.replace(/[^ -~]/g, ''));

function plain(id, steps) {
    return { id, section: 'plain section', claim: 'plain claim', verdict: 'confirmed', steps };
}

const CASES = [
    {
        id: 'hostile-texts-are-shown-as-they-are',
        section: BREAKOUT,
        claim: BREAKOUT,
        verdict: 'refuted',
        instead: BREAKOUT,
        steps: [
            { run: `hostile = bytearray(${BYTES})` },
            { run: 'view = memoryview(hostile)' },
            { run: 'view[2::3]' },
            { run: `print(${TEXT})`, prints: BREAKOUT },
            { run: `int(${TEXT})`, raises: 'ValueError: ' + BREAKOUT },
        ],
    },
    plain('hostile-text-is-not-as-expected', [{ run: `hostile = ${TEXT}` }, { run: 'hostile', gives: "'other'" }]),
    plain('hostile-bytes-are-not-as-expected', [{ run: `hostile = ${BYTES}` }, { run: 'hostile', gives: "b'other'" }]),
    plain('hostile-words-for-what-is-missing', [{ run: "hostile = 'unsupported'" }, { run: 'hostile' }]),
    plain('hostile-last-words', [{ run: "hostile = 'crash'" }, { run: 'hostile' }]),
];

/** The text of another file, so that there is a choice of documents. */
export const OTHER = JSON.stringify({
    document: 'other.txt',
    title: 'Other',
    cases: [plain('other-case', [{ run: 'hostile = 1' }, { run: 'hostile', gives: '1' }])],
});

/** The text of the file. JSON is YAML, too. */
export function hostileCases() {
    const file = { document: BREAKOUT, title: BREAKOUT, cases: CASES };
    return JSON.stringify(file, null, 2).replace(/[^ -~\n]/g, (char) => quoted(char).slice(1, -1));
}
