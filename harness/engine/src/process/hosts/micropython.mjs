// Runs the runner in MicroPython for WebAssembly, which has no standard input of its own.
//
// node micropython.mjs PACKAGE RUNNER [HEAP]: PACKAGE is the folder of the npm package
// `@micropython/micropython-webassembly-pyscript`, HEAP the bytes of its heap.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const [folder, runner, heap] = process.argv.slice(2);
const file = path.resolve(folder, 'micropython.mjs');
const { loadMicroPython } = await import(pathToFileURL(file).href);
const python = await loadMicroPython({
  url: path.resolve(folder, 'micropython.wasm'),
  heapsize: Number(heap || 16 << 20),
  stdout: (text) => process.stderr.write(text + '\n'),
  stderr: (text) => process.stderr.write(text + '\n'),
});
python.runPython("__name__ = 'runner'");
python.runPython(fs.readFileSync(runner, 'utf8'));
const handle = python.globals.get('handle');
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
