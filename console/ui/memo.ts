import { Component, type ComponentType, h } from 'preact';

/** The component, drawn again only when `isSame` says that something changed (or one of its signals did). */
export function memo<P extends object>(
  Inner: ComponentType<P>,
  isSame: (before: P, after: P) => boolean,
): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !isSame(this.props, next);
    }

    override render() {
      return h(Inner, this.props as P & { children?: never });
    }
  };
}
