// Runs the runner in Pyodide, which is CPython for WebAssembly.
//
// node pyodide.mjs PACKAGE RUNNER: PACKAGE is the folder of the npm package `pyodide`.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const [folder, runner] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.resolve(folder, 'pyodide.mjs')).href);
const toErrors = { batched: (text) => process.stderr.write(text + '\n') };
const python = await loadPyodide({ indexURL: path.resolve(folder) + path.sep });
python.setStdout(toErrors);
python.setStderr(toErrors);
const scope = python.toPy({ __name__: 'runner' });
python.runPython(fs.readFileSync(runner, 'utf8'), { globals: scope, filename: 'runner.py' });
const handle = scope.get('handle');
// A pipe that is full takes a part, or nothing for now.
const write = (text) => {
  const data = Buffer.from(text);
  for (let at = 0; at < data.length;) {
    try {
      at += fs.writeSync(1, data, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
};
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.trim()) handle(line, write);
}
