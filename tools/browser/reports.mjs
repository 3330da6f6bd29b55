// Makes the two reports that are tested: `reports.mjs VIEWCHECK PYTHON FOLDER`. In FOLDER/real all cases are checked on
// the reference, on the Python, and on a runner that is wrong on purpose (wrong.py). In FOLDER/hostile the texts of a few
// cases, the name of their file, and all that an engine says try to break out of the report (hostile.mjs).

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { FILE, OTHER, hostileCases } from './hostile.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Runs `viewcheck check`. It ends with 1 if something differs, which it is to. */
function check(viewcheck, args, folder) {
    return new Promise((resolve, reject) => {
        let said = '';
        const command = [...args, '--report', folder, '--color', 'never'];
        const child = spawn(viewcheck, ['check', ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
        child.stdout.on('data', (data) => (said += data));
        child.stderr.on('data', (data) => (said += data));
        child.on('error', reject);
        child.on('close', (code) => {
            if (code === 0 || code === 1) resolve();
            else reject(new Error(`viewcheck check ${command.join(' ')} ended with ${code}:\n${said}`));
        });
    });
}

const [viewcheck, python, folder] = process.argv.slice(2);
const wrong = (mode) => `'${python}' '${join(HERE, 'wrong.py')}' ${mode}`;
mkdirSync(join(folder, 'spec'), { recursive: true });
writeFileSync(join(folder, 'spec', FILE), hostileCases());
writeFileSync(join(folder, 'spec', 'other.yaml'), OTHER);
await Promise.all([
    check(
        viewcheck,
        ['--engine', 'reference', '--engine', `python='${python}'`, '--engine', `wrong=${wrong('wrong')}`],
        join(folder, 'real'),
    ),
    check(
        viewcheck,
        [join(folder, 'spec'), '--engine', `python='${python}'`, '--engine', `hostile=${wrong('hostile')}`],
        join(folder, 'hostile'),
    ),
]);
