function Pot() {
  return (
    <>
      <path class="pot" d="M42 92h36l-5 30H47z" />
      <path class="pot-rim" d="M39 86h42v9H39z" />
    </>
  );
}

export function BostonFern() {
  const fronds = [-62, -40, -20, 0, 20, 40, 62];
  return (
    <svg viewBox="0 0 120 128" aria-hidden="true">
      {fronds.map((turn) => (
        <path
          key={turn}
          class={turn % 40 === 0 ? 'leaf' : 'leaf is-pale'}
          transform={`rotate(${turn} 60 88)`}
          d="M60 88c-3-20-3-46 0-66 3 20 3 46 0 66zm0-14-8-4m8-4-9-5m9-4-9-5m9-4-7-5m7 27 8-4m-8-4 9-5m-9-4 9-5m-9-4 7-5"
        />
      ))}
      <Pot />
    </svg>
  );
}

export function Monstera() {
  return (
    <svg viewBox="0 0 120 128" aria-hidden="true">
      <path class="stem" d="M60 88C58 66 44 60 40 52M60 88c2-26 14-32 20-46M60 88V40" />
      <path class="leaf" d="M40 56C22 54 14 40 20 26c16 0 28 12 26 28l-10-9 2 11z" />
      <path class="leaf is-pale" d="M80 46c-4-18 6-32 24-32 4 18-6 32-20 34l6-12-10 8z" />
      <path class="leaf" d="M60 42c-13-9-14-26-2-38 14 10 16 28 4 38l-1-14z" />
      <Pot />
    </svg>
  );
}

export function StringOfPearls() {
  /** Where each string leaves the rim, and how many pearls it carries. */
  const strings: [x: number, pearls: number][] = [
    [35, 9],
    [41, 6],
    [48, 3],
    [56, 2],
    [64, 2],
    [72, 3],
    [79, 7],
    [85, 10],
  ];
  return (
    <svg viewBox="0 0 120 128" aria-hidden="true">
      <path class="stem" d="M38 44 60 4l22 40" />
      <path class="pot" d="M36 44h48l-7 26H43z" />
      <path class="pot-rim" d="M33 38h54v8H33z" />
      {strings.map(([x, pearls], column) =>
        Array.from({ length: pearls }, (_, index) => (
          <circle
            key={`${x}-${index}`}
            class={(index + column) % 2 === 0 ? 'leaf' : 'leaf is-pale'}
            cx={x + Math.sin(index * 1.3 + x) * 1.5}
            cy={36 + index * 8}
            r="3.6"
          />
        )),
      )}
    </svg>
  );
}
