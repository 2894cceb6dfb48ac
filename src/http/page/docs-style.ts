/** The look of the API's page; the console's paper and ink. */
export const DOCS_STYLE = `
:root {
  --paper: #f7f5f0; --sheet: #ffffff; --ink: #1d2526; --soft: #5b6667; --line: #dfdbd1;
  --accent: #14646b; --get: #14646b; --post: #7a4a06; --put: #4a4fa3; --delete: #a3312c; --chip: #efece4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12181a; --sheet: #1a2224; --ink: #e6e9e6; --soft: #9caaa9; --line: #2d383a;
    --accent: #74c7c4; --get: #74c7c4; --post: #e0b36b; --put: #a9aef0; --delete: #f0958d; --chip: #243032;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .2em; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 1rem; background: var(--sheet); padding: .5rem 1rem; }
header { max-width: 76rem; margin: 0 auto; padding: 3rem 1.25rem 1.5rem; }
header p { max-width: 44rem; }
.kicker { margin: 0; color: var(--soft); font-size: .8rem; letter-spacing: .12em; text-transform: uppercase; }
h1 { margin: .1em 0 .4em; font-size: clamp(1.7rem, 5vw, 2.6rem); line-height: 1.15; letter-spacing: -.02em; font-weight: 650; }
.columns { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem 5rem; display: grid; gap: 2.5rem; }
nav h2 { margin: 1.2rem 0 .3rem; font-size: .8rem; letter-spacing: .06em; text-transform: uppercase; }
nav h2 a { color: var(--soft); text-decoration: none; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: grid; grid-template-columns: 3.4rem 1fr; align-items: baseline; gap: .5rem; padding: .25rem .4rem; border-radius: 6px; color: inherit; text-decoration: none; font: .8rem/1.45 ui-monospace, monospace; }
nav li a:hover { background: var(--chip); }
main { min-width: 0; }
section > h2 { margin: 2.5rem 0 1rem; font-size: 1.3rem; letter-spacing: -.01em; }
main > section:first-child > h2 { margin-top: 0; }
article { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.4rem; margin: 0 0 1rem; }
article:target { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
h3 { margin: 0 0 .3rem; font-size: 1.05rem; }
h4 { margin: 1.2rem 0 .4rem; font-size: .75rem; letter-spacing: .08em; text-transform: uppercase; color: var(--soft); }
.line { display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem .7rem; margin: 0 0 .5rem; }
code { font: .86em/1.5 ui-monospace, monospace; background: var(--chip); border-radius: 4px; padding: .08em .35em; }
.line > code, .type > code { background: none; padding: 0; }
.method { font: 700 .7rem/1.4 ui-monospace, monospace; letter-spacing: .03em; }
.get { color: var(--get); } .post { color: var(--post); } .put, .patch { color: var(--put); } .delete { color: var(--delete); }
.scope { font-size: .75rem; color: var(--soft); border: 1px solid var(--line); border-radius: 99px; padding: 0 .6em; }
dl { margin: 0; display: grid; grid-template-columns: minmax(7rem, 13rem) 1fr; }
dt, dd { padding: .4rem 0; border-top: 1px solid var(--line); margin: 0; min-width: 0; }
dt { padding-right: 1rem; }
dd p { margin: .15rem 0 0; color: var(--soft); font-size: .92rem; }
dl dl, .choices { margin: .3rem 0 0; }
dl > dt:first-of-type, dl > dt:first-of-type + dd { border-top: 0; }
small, .shape { color: var(--soft); font-size: .85rem; }
.choice { margin: .2rem 0; color: var(--soft); font-size: .85rem; }
.choices { list-style: none; padding: 0; }
.choices > li { border-left: 2px solid var(--line); padding: .1rem 0 .1rem .9rem; margin: 0 0 .7rem; }
.answers { grid-template-columns: 3.5rem 1fr; }
.answers > dt { font: 600 .9rem/1.7 ui-monospace, monospace; }
.good { color: var(--get); } .bad { color: var(--soft); }
.type { margin: .2rem 0; font-size: .85rem; color: var(--soft); }
@media (min-width: 60rem) {
  .columns { grid-template-columns: 19rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; align-self: start; padding: 1rem 0 3rem; }
}
@media (max-width: 36rem) {
  dl { grid-template-columns: 1fr; }
  dd { border-top: 0; padding-top: 0; }
  .answers { grid-template-columns: 3rem 1fr; }
  .answers > dd { border-top: 1px solid var(--line); padding-top: .4rem; }
  .answers > dd:first-of-type { border-top: 0; }
  article { padding: 1rem; border-radius: 10px; }
  header { padding-top: 2rem; }
}
`;
