/** The logo: a bubble drawn in one stroke, with an ember dot in its gap. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 48 48" fill="none" aria-hidden>
      <path
        d="M22 41.5c-4 0-7.600-1-10.200-2.800L6.500 41.500l1.600-6.800A17.500 17.500 0 0 1 33 10.500"
        stroke="var(--accent)"
        strokeWidth="4.600"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M41 21a17.500 17.500 0 0 1-11.500 19" stroke="var(--accent)" strokeWidth="4.600" strokeLinecap="round" />
      <circle cx="38.500" cy="12" r="4.800" fill="var(--ember)" />
    </svg>
  );
}
