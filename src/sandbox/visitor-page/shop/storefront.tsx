import { Leaf } from './icons.jsx';
import { BostonFern, Monstera, StringOfPearls } from './plants.jsx';

const shelf = [
  {
    name: 'Boston fern',
    price: '£18',
    story: 'Came over on a steamer in 1894, and has not stopped talking since.',
    Plant: BostonFern,
  },
  {
    name: 'Cheese plant',
    price: '£32',
    story: 'Tears its own leaves, so that the ones below get some sun.',
    Plant: Monstera,
  },
  {
    name: 'Pearls',
    price: '£14',
    story: 'A string of them. Drinks seldom, listens well; best hung by a window.',
    Plant: StringOfPearls,
  },
];

/** The made-up shop whose visitors we are. */
export function Storefront() {
  return (
    <aside class="shop" aria-label="The shop">
      <header class="shop-head">
        <span class="brand-mark" aria-hidden="true">
          <Leaf />
        </span>
        <span class="shop-name">Fern &amp; Fable</span>
      </header>
      <div class="shop-story">
        <p class="kicker">Nursery &amp; bookroom, since last Tuesday</p>
        <h2>Houseplants, and the stories they grew up with.</h2>
        <p class="lead">
          Every pot leaves us with a page about where it comes from and how to keep it happy.
        </p>
      </div>
      <ul class="shelf">
        {shelf.map(({ name, price, story, Plant }) => (
          <li key={name} class="card">
            <span class="plant">
              <Plant />
            </span>
            <span class="card-name">
              {name} <b>{price}</b>
            </span>
            <span class="card-story">{story}</span>
          </li>
        ))}
      </ul>
      <footer class="shop-foot">
        A made-up shop, in a sandbox: no plant was harmed. The other side is in the{' '}
        <a href="/office">back office</a>.
      </footer>
    </aside>
  );
}
