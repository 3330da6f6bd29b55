// What axe-core finds on each page, light and dark, wide and narrow: contrast, labels, landmarks, headings, tables.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { AXE, NARROW, WIDE, launch, visit } from './browser.mjs';
import { pages, ready, report } from './report.mjs';

const { file, results } = report('real');
const failure = results.cases.find((item) => item.results.wrong?.status === 'fail' && item.steps.length > 2);
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** The faults that axe-core finds on what is shown, in a line each. */
async function faults(page) {
    const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), TAGS);
    return found.violations.flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary.split('\n')[1]?.trim()} ${node.html.slice(0, 120)}`),
    );
}

// Colours and widths are independent, so two of the four are enough.
for (const [words, options] of [
    ['light and wide', { colorScheme: 'light', viewport: WIDE }],
    ['dark on a phone', { colorScheme: 'dark', viewport: NARROW }],
]) {
    test(`axe-core finds nothing: ${words}`, async () => {
        await visit(browser, file, '', options, async (page) => {
            await ready(page);
            await page.evaluate(AXE);
            const failures = [];
            const look = async (where) => failures.push(...(await faults(page)).map((fault) => `${where}: ${fault}`));
            for (const id of await pages(page)) {
                // A list of all cases has hundreds of equal rows, which take long and show nothing new.
                await page.evaluate((hash) => (location.hash = hash), id === 'cases' ? '#cases?status=crash' : `#${id}`);
                await page.waitForTimeout(30);
                // Long pages are cut: what repeats is the same.
                await page.evaluate((id) => {
                    for (const list of document.querySelectorAll(`#${id} tbody, #${id} ul, #${id} ol`)) while (list.children.length > 40) list.lastElementChild.remove();
                    for (const section of document.querySelectorAll(`#${id}`)) while (section.children.length > 80) section.lastElementChild.remove();
                }, id);
                await look(id);
            }
            await page.evaluate((hash) => (location.hash = hash), `#cases?q=%22${failure.id}%22&case=${encodeURIComponent(failure.id)}`);
            await page.locator('.case.opened').waitFor();
            await page.getByRole('button', { name: 'Copy script' }).first().click();
            for (const details of await page.locator('.case.opened details:not([open])').all()) await details.evaluate((each) => (each.open = true));
            await look('an opened case');
            await page.locator('details.menu summary').first().click();
            await look('an open menu');
            assert.deepEqual(failures, []);
        });
    });
}
