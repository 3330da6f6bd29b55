// Big results for the benchmark: 20,000 cases on 14 engines, made from stored ones. Real cases are multiplied, with ids of
// their own, and their outcomes are not all the same as those of the original, so that a report can't be small by finding
// equal ones. The same input gives the same output.

import { readFileSync, writeFileSync } from 'node:fs';

export const CASES = 20_000;
export const ENGINES = 14;

/** The result of a copy: what came is another text in each third copy of a failure, as for cases that differ a little. */
function varied(result, copy) {
    if (copy % 3 !== 0 || result.actual === undefined) return result;
    return { ...result, actual: `${result.actual} (${copy})` };
}

/** A source for a case that has none, as it would be written. */
function sourceOf(item) {
    const steps = item.steps.flatMap((step) => [
        `    - run: ${JSON.stringify(step.run)}`,
        ...(step.expect ?? []).flatMap((expect) =>
            Object.entries(expect).map(([key, value]) => `      ${key}: ${JSON.stringify(value)}`),
        ),
    ]);
    const head = [`- id: ${item.id.replace('/', '-')}`, `  section: ${item.section}`, `  claim: ${item.claim}`];
    return [...head, '  verdict: confirmed', '  steps:', ...steps, ''].join('\n');
}

/** The scene for a case that has none: a view over eight bytes, at a place that depends on the case. */
function viewsOf(item, number) {
    const strides = [(number % 5) - 2 || 1];
    const view = { of: 'data', format: 'B', itemsize: 1, offset: number % 8, shape: [1 + (number % 3)], strides };
    const bytes = (number * 2654435761 % 2 ** 32).toString(16).padStart(8, '0').repeat(2);
    const scene = (step, locked) => ({
        step,
        objects: [{ name: 'data', bytes, ...(locked && { locked }) }],
        views: locked ? [{ name: 'view', ...view }] : [],
    });
    return item.steps.length > 1 && number % 2 === 0 ? [scene(1, false), scene(2, true)] : [];
}

function summaryOf(names, cases) {
    const zero = { pass: 0, fail: 0, known: 0, stale: 0, open: 0, skip: 0, crash: 0, hang: 0, error: 0 };
    const summary = Object.fromEntries(names.map((name) => [name, { ...zero }]));
    for (const item of cases) for (const [name, result] of Object.entries(item.results)) summary[name][result.status]++;
    return summary;
}

/** Makes big results of those that a run stored. */
export function enlarged(results) {
    // Engines that pass most and those that fail most, in turns.
    const order = [...results.engines].sort((a, b) => (a.name < b.name ? -1 : 1));
    const engines = Array.from({ length: ENGINES }, (_, at) => {
        const engine = order[at % order.length];
        const round = Math.floor(at / order.length);
        return [engine.name, { ...engine, name: round ? `${engine.name}-${round}` : engine.name }];
    });
    const cases = [];
    const documents = results.documents.map((document) => ({ ...document, claims: [] }));
    for (let copy = 0; cases.length < CASES; copy++) {
        const suffix = copy ? `-copy-${copy}` : '';
        const left = CASES - cases.length;
        const taken = results.cases.slice(0, left);
        const claims = new Map();
        taken.forEach((item, number) => {
            const [claim, row] = item.id.split('/');
            const id = claim + suffix + (row === undefined ? '' : `/${row}`);
            const entries = engines.flatMap(([from, to]) =>
                item.results[from] ? [[to.name, varied(item.results[from], copy + (number % 3))]] : [],
            );
            claims.set(item.file + ' ' + claim, (claims.get(item.file + ' ' + claim) ?? 0) + 1);
            cases.push({
                ...item,
                id,
                line: item.line + copy * 5000,
                steps: item.steps.map((step) => ({ ...step, line: step.line + copy * 5000 })),
                source: item.source ?? sourceOf({ ...item, id }),
                views: item.views ?? viewsOf(item, cases.length),
                results: Object.fromEntries(entries),
            });
        });
        results.documents.forEach((document, at) => {
            for (const claim of document.claims) {
                const count = claims.get(document.file + ' ' + claim.id);
                if (count) documents[at].claims.push({ ...claim, id: claim.id + suffix, cases: count });
            }
        });
    }
    cases.forEach((item) => {
        if (!item.views.length) delete item.views;
    });
    // Cases stand in the order of the documents and their claims.
    const places = new Map();
    documents.forEach((document) => document.claims.forEach((claim) => places.set(document.file + ' ' + claim.id, places.size)));
    const place = (item) => places.get(item.file + ' ' + item.id.split('/')[0]);
    cases.sort((a, b) => place(a) - place(b));
    const names = engines.map(([, engine]) => engine.name);
    return { ...results, engines: engines.map(([, engine]) => engine), documents, cases, summary: summaryOf(names, cases) };
}

/** Reads stored results and writes big ones. */
export function enlarge(from, to) {
    // JavaScript would round the largest integers, and no integer may be larger than they are.
    const text = readFileSync(from, 'utf8').replace(/([[ ])-?\d{17,}(?=[,\]])/g, '$11');
    writeFileSync(to, JSON.stringify(enlarged(JSON.parse(text))));
}
