// How the report is read elsewhere than on a wide screen with a mouse: on a phone, on paper, in the dark, without
// JavaScript.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { NARROW, address, launch, visit } from './browser.mjs';
import { pages, ready, report, shown } from './report.mjs';

const { file, results } = report('real');
const failure = results.cases.find((item) => item.results.wrong?.status === 'fail');
const opened = `#cases?case=${encodeURIComponent(failure.id)}`;
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

test('one page is shown, the first one is the matrix, and the navigation leads to each', async () => {
    await visit(browser, file, '', {}, async (page) => {
        await ready(page);
        assert.deepEqual(await shown(page), ['matrix']);
        const links = page.getByRole('navigation').getByRole('link');
        const ids = await pages(page);
        assert.equal(await links.count(), ids.length);
        for (let at = 0; at < ids.length; at++) {
            await links.nth(at).click();
            assert.deepEqual(await shown(page), [ids[at]]);
            assert.equal(await page.locator('nav [aria-current=page]').count(), 1);
            assert.equal(await links.nth(at).getAttribute('aria-current'), 'page');
            const heading = await page.locator(`#${ids[at]} h2`).first().textContent();
            assert.ok((await page.title()).includes(heading), 'the title of the window names the page');
            if (at > 0) assert.equal(await page.evaluate(() => window.scrollY), 0);
        }
    });
});

test('every link within the report leads somewhere, and those to cases give some', async () => {
    await visit(browser, file, '', {}, async (page) => {
        await ready(page);
        const hashes = await page.locator('a[href^="#"]').evaluateAll((all) => [...new Set(all.map((a) => a.getAttribute('href')))]);
        const missing = await page.evaluate((hashes) => hashes.filter((hash) => !document.getElementById(decodeURIComponent(hash.slice(1).split('?')[0]))), hashes);
        assert.deepEqual(missing, []);
        const views = hashes.filter((hash) => hash.startsWith('#cases?'));
        assert.ok(views.length > 10);
        // Some of them: the first, the last, and others in between.
        const step = Math.max(1, Math.floor(views.length / 80));
        for (const hash of views.filter((_, at) => at % step === 0 || at === views.length - 1)) {
            await page.evaluate((hash) => (location.hash = hash), hash);
            await page.waitForFunction((hash) => location.hash === hash, hash);
            if (hash.includes('case=')) {
                await page.locator('.case.opened').waitFor();
            } else {
                await page.waitForTimeout(5);
                assert.notEqual(await page.locator('.cases > li').count(), 0, hash);
            }
            assert.ok(await page.locator('.ignored').isHidden(), `${hash}: ${await page.locator('.ignored').textContent()}`);
        }
    });
});

test('links that leave the report are https, and few places', async () => {
    await visit(browser, file, '', {}, async (page) => {
        const hosts = await page.locator('a:not([href^="#"])').evaluateAll((all) => [...new Set(all.map((a) => new URL(a.href).origin))]);
        const allowed = ['https://github.com', 'https://bugs.python.org', 'https://docs.python.org', 'https://peps.python.org'];
        assert.deepEqual(hosts.filter((host) => !allowed.includes(host)), []);
    });
});

test('the theme follows the system, can be switched, and is kept', async () => {
    const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await visit(browser, file, '', { colorScheme: 'light' }, async (page) => {
        const light = await ground(page);
        await page.emulateMedia({ colorScheme: 'dark' });
        const dark = await ground(page);
        assert.notEqual(light, dark);
        const select = page.getByLabel('Theme');
        await select.selectOption('light');
        assert.equal(await ground(page), light);
        await page.reload();
        assert.equal(await ground(page), light, 'kept');
        await page.getByLabel('Theme').selectOption('dark');
        await page.emulateMedia({ colorScheme: 'light' });
        assert.equal(await ground(page), dark);
        await page.getByLabel('Theme').selectOption('system');
        assert.equal(await ground(page), light);
    });
});

test('a browser that keeps nothing is no error', async () => {
    const context = await browser.newContext();
    await context.addInitScript(() => Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } }));
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(address(file));
    await ready(page);
    await page.getByLabel('Theme').selectOption('dark');
    assert.deepEqual(errors, []);
    await context.close();
});

test('no page is wider than a phone', async () => {
    await visit(browser, file, '', { viewport: NARROW, isMobile: true, hasTouch: true }, async (page) => {
        await ready(page);
        for (const hash of [...(await pages(page)).map((id) => `#${id}`), opened]) {
            await page.evaluate((hash) => (location.hash = hash), hash);
            await page.waitForTimeout(50);
            const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
            const widest = await page.evaluate(() => {
                const clipped = (element) => element.parentElement && (getComputedStyle(element.parentElement).overflowX !== 'visible' || clipped(element.parentElement));
                const all = [...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !clipped(each));
                return all.slice(0, 3).map((each) => `${each.tagName}.${each.className}: ${each.textContent.slice(0, 60)}`);
            });
            assert.ok(width <= NARROW.width, `${hash} is ${width} pixels wide: ${widest.join(' | ')}`);
        }
    });
});

test('what a finger presses is large enough', async () => {
    await visit(browser, file, '#cases', { viewport: NARROW, isMobile: true, hasTouch: true }, async (page) => {
        await ready(page);
        const small = await page.locator('#cases button:visible, #cases summary:visible, nav a:visible').evaluateAll((all) =>
            all.filter((each) => each.getBoundingClientRect().height < 24).map((each) => each.textContent));
        assert.deepEqual(small, []);
    });
});

test('on paper there is no navigation, and what was folded is open', async () => {
    await visit(browser, file, opened, {}, async (page) => {
        await ready(page);
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        await page.emulateMedia({ media: 'print' });
        assert.ok(await page.getByRole('navigation').isHidden());
        assert.ok(await page.locator('form.filters').isHidden());
        assert.ok(await page.locator('.case.opened .case-body').isVisible());
        assert.equal(await page.locator('.page.shown details:not([open], .menu)').count(), 0);
        const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.match(colour, /rgba\(0, 0, 0, 0\)|rgb\(255, 255, 255\)/);
        const pdf = await page.pdf();
        assert.ok(pdf.length > 10_000 && pdf.subarray(0, 5).toString() === '%PDF-');
        await page.evaluate(() => dispatchEvent(new Event('afterprint')));
        await page.emulateMedia({ media: 'screen' });
        assert.ok((await page.locator('.page.shown details:not([open])').count()) > 0, 'folded again');
    });
});

test('a dark screen prints on white paper', async () => {
    await visit(browser, file, '', { colorScheme: 'dark' }, async (page) => {
        await page.getByLabel('Theme').selectOption('dark');
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        const [text, ground] = await page.evaluate(() => {
            const style = getComputedStyle(document.body);
            return [style.color, style.backgroundColor];
        });
        assert.match(ground, /rgba\(0, 0, 0, 0\)|rgb\(255, 255, 255\)/);
        assert.ok(Math.max(...text.match(/\d+/g).slice(0, 3).map(Number)) < 120, `the text is ${text}`);
    });
});

test('without JavaScript all pages can be read, and their links work', async () => {
    await visit(browser, file, '', { javaScriptEnabled: false }, async (page) => {
        const ids = await page.locator('main > .page').evaluateAll((all) => all.map((each) => [each.id, each.offsetHeight]));
        assert.ok(ids.length >= 5);
        for (const [id, height] of ids) assert.ok(height > 30, `${id} is ${height} pixels high`);
        assert.match(await page.locator('#cases').textContent(), /JavaScript/);
        await page.getByRole('navigation').getByRole('link').last().click();
        assert.ok((await page.evaluate(() => window.scrollY)) > 0);
        // Nothing that only JavaScript fills looks as if it could be used.
        assert.equal(await page.locator('button:visible, input:visible, select:visible').count(), 0);
    });
});
