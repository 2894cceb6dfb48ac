import { describe, expect, it } from 'vitest';
import { reduceHtml } from '../../../src/connectors/wotnot/reading/reduce-html.js';

const textOf = (html: string) => reduceHtml(html).text;

describe('HTML becomes text', () => {
  it.each([
    ['<p>Hello</p>', 'Hello'],
    ['<p>One</p><p>Two</p>', 'One\n\nTwo'],
    ['<div>One<br>Two<br/>Three</div>', 'One\nTwo\nThree'],
    ['Tom &amp; &lt;Jerry&gt;&nbsp;&#39;x&#39;', "Tom & <Jerry> 'x'"],
    ['<ul><li>a</li><li>b</li></ul>', '- a\n- b'],
    ['<ol>\n<li>a</li>\n<li>b</li>\n</ol>', '1. a\n2. b'],
    ['<a href="https://x.io/a">the page</a>', 'the page (https://x.io/a)'],
    ['<a href="https://x.io">https://x.io</a>', 'https://x.io'],
    ['<p>see <b>this</b> <i>now</i></p>', 'see this now'],
    ['if a < b && c > d', 'if a < b && c > d'],
    ['use <T> or x<y', 'use <T> or x<y'],
    ['plain\r\nlines', 'plain\nlines'],
  ])('%j reads %j', (html, text) => {
    expect(textOf(html)).toBe(text);
  });

  it.each([
    '<script>alert(1)</script>hi',
    '<style>@import url(https://evil.io)</style>hi',
    '<img src=x onerror=alert(1)>hi',
    '<svg onload=alert(1)></svg>hi',
    '<svg><script>alert(1)</script></svg>hi',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>hi',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;"></table></math>hi',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>hi',
    '<a href="javascript:alert(1)">hi</a>',
    '<a href="data:text/html,<script>alert(1)</script>">hi</a>',
    '<form action="https://evil.io"><input name=x></form>hi',
  ])('B17: nothing of %j can run', (html) => {
    const { text, attachments, links } = reduceHtml(html);
    expect(text).toContain('hi');
    expect(text).not.toMatch(/<script|onerror=|onload=|javascript:|@import|alert\(1\)<|data:/);
    expect([...attachments, ...links]).toEqual([]);
  });

  it('B17: a name of look-alike letters shows what it is, and only http(s) is a link', () => {
    expect(reduceHtml('<a href="https://аpple.com">apple</a>').links[0]?.url).toMatch(/^https:\/\/xn--/);
    expect(reduceHtml('<a href="https://good.com@evil.io">x</a><a href="ftp://x">y</a>').links).toEqual([]);
  });

  it('B19: what is cut says so', () => {
    const { text } = reduceHtml('<p>a</p>'.repeat(8_000));
    expect(text.startsWith('a\n\na')).toBe(true);
    expect(text.endsWith('a [cut: too much markup]')).toBe(true);
  });

  it('S-INJ-3: no markup takes long', () => {
    const cases = [
      '<b>'.repeat(20_000),
      '<b>'.repeat(9_000) + '</i>'.repeat(9_000),
      '<a href="x" '.repeat(5_000),
      '<'.repeat(60_000),
      '&'.repeat(60_000),
      '<!--'.repeat(15_000),
      '<ul><li>'.repeat(7_000),
      '\n \n'.repeat(20_000),
      `<p>${' '.repeat(60_000)}x`,
      '<p '.repeat(20_000),
    ];
    const timeOf = (html: string) => {
      const startedAt = performance.now();
      reduceHtml(html);
      return performance.now() - startedAt;
    };
    for (const html of cases) {
      const best = Math.min(...Array.from({ length: 5 }, () => timeOf(html)));
      expect(best, html.slice(0, 20)).toBeLessThan(150);
    }
  });
});
