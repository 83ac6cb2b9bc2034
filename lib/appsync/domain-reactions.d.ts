declare module 'domain-reactions' {
  /** By the name of each domain, what its reactions.ts exports. */
  export const domains: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}
