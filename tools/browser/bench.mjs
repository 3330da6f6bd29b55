// Measures a big report: `bench.mjs VIEWCHECK RESULTS FOLDER`. Results of 20,000 cases on 14 engines are made of stored
// ones; then how long the report takes to be made and how large it is, how long after opening it can be used, and how long
// a key in the text filter takes. A profile of the script while it starts is left beside the report.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { WIDE, launch, open } from './browser.mjs';
import { CASES, ENGINES, enlarge } from './big.mjs';
import { ready } from './report.mjs';

const [viewcheck, stored, folder] = process.argv.slice(2);
const RUNS = 5;
const rows = [];

/** The middle of some numbers. */
function median(numbers) {
    return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Adds a line to the table: what was measured, the limit, and whether it is kept. */
function line(what, value, unit, limit) {
    const verdict = limit === undefined ? '' : value <= limit ? 'ok' : 'TOO MUCH';
    rows.push([what, `${value.toFixed(unit === 'MB' ? 2 : 3)} ${unit}`, limit === undefined ? '' : `${limit} ${unit}`, verdict]);
}

/** How long viewcheck takes, in seconds: the best of three runs, since others use the machine, too. */
function timed(args) {
    return Math.min(
        ...Array.from({ length: 3 }, () => {
            const start = performance.now();
            const { status, stderr } = spawnSync(viewcheck, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
            if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
            return (performance.now() - start) / 1000;
        }),
    );
}

/** How long the page takes from the start of the navigation until the list is filled and painted. */
async function opening(browser, file) {
    const page = await open(browser, file, '#cases');
    await ready(page);
    const seconds = await page.evaluate(() => new Promise((resolve) => {
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() / 1000)));
    }));
    if (page.complaints.length) throw new Error(page.complaints.join('\n'));
    return { page, seconds };
}

/** How much time of a processor the page's own thread takes until the list is there, in seconds. */
async function work(browser, file) {
    const context = await browser.newContext({ viewport: WIDE });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(`file://${file}#cases`);
    await ready(page);
    const { metrics } = await session.send('Performance.getMetrics');
    await context.close();
    return metrics.find(({ name }) => name === 'TaskDuration').value;
}

/** How long each key takes that is typed into the text filter, until the page is painted, in milliseconds. */
async function typing(page, text) {
    await page.getByRole('searchbox').focus();
    return page.evaluate(async (text) => {
        const input = document.activeElement;
        const times = [];
        for (let end = 1; end <= text.length; end++) {
            const start = performance.now();
            input.value = text.slice(0, end);
            input.dispatchEvent(new InputEvent('input', { bubbles: true }));
            // Reading a size makes the browser lay the page out.
            void document.body.offsetHeight;
            times.push(performance.now() - start);
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        }
        return times;
    }, text);
}

/** A profile of what the script does from the start until the list is there: the functions that take longest. */
async function profile(browser, file) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Profiler.enable');
    await session.send('Profiler.setSamplingInterval', { interval: 200 });
    await session.send('Profiler.start');
    await page.goto(`file://${file}#cases`);
    await ready(page);
    await typing(page, 'toreadonly');
    const { profile } = await session.send('Profiler.stop');
    writeFileSync(join(folder, 'big.cpuprofile'), JSON.stringify(profile));
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
    const times = new Map();
    profile.samples.forEach((id, at) => {
        const { functionName, lineNumber } = nodes.get(id).callFrame;
        const name = `${functionName || '(anonymous)'}:${lineNumber}`;
        times.set(name, (times.get(name) ?? 0) + profile.timeDeltas[at] / 1000);
    });
    await context.close();
    return [...times].sort((a, b) => b[1] - a[1]).slice(0, 12);
}

mkdirSync(folder, { recursive: true });
const big = join(folder, 'big.json');
const out = join(folder, 'big');
enlarge(stored, big);
rmSync(out, { recursive: true, force: true });
line('results.json', statSync(big).size / 1e6, 'MB');
const reading = timed(['report', big, '--color', 'never']);
const all = timed(['report', big, '--out', out, '--color', 'never']);
const file = join(out, 'index.html');
if (!existsSync(file)) throw new Error('no index.html was written');
line('read results', reading, 's');
line('write the whole report', all - reading, 's', 2);
line('index.html', statSync(file).size / 1e6, 'MB', 20);

const browser = await launch();
const openings = [];
let page;
for (let run = 0; run < RUNS; run++) {
    await page?.context().close();
    const opened = await opening(browser, file);
    page = opened.page;
    openings.push(opened.seconds);
}
line('open until the list can be used', median(openings), 's', 1);
line('work of the page until then', await work(browser, file), 's');
const first = await typing(page, 'r');
line('first key, at once after opening', first[0] / 1000, 's', 0.2);
await page.waitForTimeout(3000);
const keys = await typing(page, 'release twice');
line('each key in the text filter', median(keys) / 1000, 's', 0.05);
line('slowest key', Math.max(...keys) / 1000, 's');
const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0);
line('memory of the script', heap / 1e6, 'MB');
console.log(`${CASES} cases on ${ENGINES} engines`);
const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
for (const [what, value, limit, verdict] of rows) {
    console.log(`${what.padEnd(widths[0])}  ${value.padStart(widths[1])}  ${limit.padStart(widths[2])}  ${verdict}`);
}
console.log('\nFunctions that take longest, from the start until some keys are typed:');
for (const [name, time] of await profile(browser, file)) console.log(`${time.toFixed(0).padStart(7)} ms  ${name}`);
await browser.close();
process.exitCode = rows.some((row) => row[3] === 'TOO MUCH') ? 1 : 0;
