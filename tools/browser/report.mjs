// What the tests know of a report: where it is, what it was made from, and how its page of cases is read. What is expected
// comes from results.json beside the page, never from the page itself.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = process.env.BROWSER_REPORTS ?? '/tmp/viewcheck-browser';

/** A report that reports.mjs made: `real` or `hostile`. */
export function report(name) {
    const folder = join(FOLDER, name);
    const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
    return { folder, file: join(folder, 'index.html'), results };
}

/** Waits until the list of cases is there. */
export async function ready(page) {
    await page.locator('.matches').waitFor({ state: 'attached' });
}

/** Waits until all rows that are to be shown at first are there. They come in groups. */
export async function settled(page) {
    await page.waitForFunction(() => {
        const rows = document.querySelector('.cases:not(.pinned)').children.length;
        const more = document.querySelector('button.more');
        const matching = Number(/(?:All )?([\d,]+)/.exec(document.querySelector('.matches').textContent)[1].replaceAll(',', ''));
        return more.hidden ? rows === matching : rows > 0 && rows % 200 === 0;
    });
}

/** How many cases match, as the page says. */
export async function matching(page) {
    const text = await page.locator('.matches').textContent();
    return Number(/(?:All )?([\d,]+)/.exec(text)[1].replaceAll(',', ''));
}

/** The ids of the cases that are listed, in order, as far as they have rows. */
export function listed(page) {
    return page.locator('.cases > li .code').allTextContents();
}

/** The ids of the pages of the report. */
export function pages(page) {
    return page.locator('main > .page').evaluateAll((sections) => sections.map((section) => section.id));
}

/** The ids of the pages that can be seen. */
export function shown(page) {
    return page
        .locator('main > .page')
        .evaluateAll((sections) => sections.filter((section) => section.offsetHeight > 0).map((section) => section.id));
}

/** The results of a case: pairs of an engine and what came. */
export function outcomes(item) {
    return Object.entries(item.results);
}
