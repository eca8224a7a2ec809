import type { ArrowKind } from './arrows.ts';

const KIND_WORDS = {
  shape: { name: 'by shape', term: 'symbolic binding: through the shape itself' },
  place: { name: 'by place', term: 'positional binding: through where things are in the lists' },
} as const;

/** The form of an arrow with its name; the technical term is its tooltip. */
export function KindMark({ kind, named = false }: { kind: ArrowKind; named?: boolean }) {
  const { name, term } = KIND_WORDS[kind];
  return (
    <span class={`kind-mark by-${kind}`} title={term}>
      <svg viewBox="0 0 26 12" aria-hidden="true">
        <path class="line" d="M0 6H16" />
        <path class="head" d={kind === 'shape' ? 'M15 0 25 6 15 12Z' : 'M15 1.5H24V10.5H15Z'} />
      </svg>
      <span class={named ? '' : 'visually-hidden'}>{name}</span>
    </span>
  );
}
