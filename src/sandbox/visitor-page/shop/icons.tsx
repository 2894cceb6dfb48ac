const line = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 1.8,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const;

export function Leaf() {
  return (
    <svg viewBox="0 0 32 32" {...line}>
      <path d="M16 28V8m0 5c-4 0-7-2-7-6 5 0 7 2 7 6zm0 7c-5 0-8-2-8-6 5 0 8 2 8 6zm0-3c0-4 3-6 8-6 0 4-3 6-8 6zm0 7c0-4 3-6 7-6 0 4-2 6-7 6z" />
    </svg>
  );
}

/** The bot: a small round plant with eyes. */
export function Moss() {
  return (
    <svg viewBox="0 0 32 32">
      <path
        d="M16 9c-1-4 1-6 4-7 1 4-1 6-4 7zm0 0c0-3-2-4-5-4 0 3 2 4 5 4z"
        fill="currentColor"
        opacity=".75"
      />
      <circle cx="16" cy="19" r="10" fill="currentColor" />
      <circle cx="12.5" cy="18" r="1.7" class="moss-eye" />
      <circle cx="19.5" cy="18" r="1.7" class="moss-eye" />
      <path
        d="M12.5 22.5c2 2 5 2 7 0"
        class="moss-smile"
        fill="none"
        stroke-width="1.6"
        stroke-linecap="round"
      />
    </svg>
  );
}

export function IconSend() {
  return (
    <svg viewBox="0 0 24 24" {...line} aria-hidden="true">
      <path d="M5 12h13M12 5l7 7-7 7" />
    </svg>
  );
}

export function IconClip() {
  return (
    <svg viewBox="0 0 24 24" {...line} aria-hidden="true">
      <path d="M19 11.5 12 18.6a4.6 4.6 0 0 1-6.6-6.5l7.4-7.4a3.1 3.1 0 0 1 4.4 4.4l-7.4 7.4a1.6 1.6 0 0 1-2.2-2.2l6.8-6.8" />
    </svg>
  );
}

export function IconFile() {
  return (
    <svg viewBox="0 0 24 24" {...line}>
      <path d="M13 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9zM13 3v6h6" />
    </svg>
  );
}

export function IconTicks() {
  return (
    <svg viewBox="0 0 20 12" {...line}>
      <path d="m1.5 6.5 3.5 3.5 7-8M9 9l1 1 7.5-8" />
    </svg>
  );
}
