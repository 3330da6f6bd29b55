// Runs the runner, or the script of a finding, in Pyodide, which is CPython for WebAssembly.
//
// node pyodide.mjs PACKAGE FILE: PACKAGE is the folder of the npm package `pyodide`.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';
import write from './write.cjs';

const [folder, runner] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.resolve(folder, 'pyodide.mjs')).href);
const toErrors = { batched: (text) => process.stderr.write(text + '\n') };
const python = await loadPyodide({ indexURL: path.resolve(folder) + path.sep });
python.setStdout(toErrors);
python.setStderr(toErrors);
const source = fs.readFileSync(runner, 'utf8');
// Only a runner has this function.
if (!/^def handle\(/m.test(source)) {
  python.setStdout({ batched: (text) => process.stdout.write(text + '\n') });
  try {
    python.runPython(source, { globals: python.toPy({ __name__: '__main__' }) });
    process.exit(0);
  } catch (error) {
    if (error.type !== 'SystemExit') throw error;
    process.exit(Number(error.message.trim().split('SystemExit: ').pop()));
  }
}
const scope = python.toPy({ __name__: 'runner' });
python.runPython(source, { globals: scope, filename: 'runner.py' });
const handle = scope.get('handle');
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.trim()) handle(line, write);
}
