interface Rule {
  readonly fieldName: string
  readonly operator: string
  readonly value: unknown
}

/** Rules that must all match. */
type Conjunction = readonly Rule[]

/**
 * `util.transform.toSubscriptionFilter`: converts `{ amount: { gt: 5 }, or: [{ … }, { … }] }` to a
 * filter of groups. One group must match.
 */
export function subscriptionFilterOf(
  conditions: Record<string, unknown>,
  ignoredFields: readonly string[] = [],
  rules: Record<string, unknown> = {},
) {
  const groups = both(alternatives(conditions, ignoredFields), alternatives(rules, []))
  return { filterGroup: groups.map((filters) => ({ filters })) }
}

function alternatives(conditions: unknown, ignored: readonly string[]): readonly Conjunction[] {
  let found: readonly Conjunction[] = [[]]
  for (const [key, value] of Object.entries(conditions ?? {})) {
    if (value === null || ignored.includes(key)) continue
    found = both(found, alternativesOf(key, value, ignored))
  }
  return found
}

function alternativesOf(key: string, value: unknown, ignored: readonly string[]) {
  const parts = Array.isArray(value) ? value : [value]
  if (key === 'or') return parts.flatMap((part) => alternatives(part, ignored))
  if (key === 'and') {
    return parts.reduce<readonly Conjunction[]>(
      (found, part) => both(found, alternatives(part, ignored)),
      [[]],
    )
  }
  const rules = Object.entries(value ?? {}).filter(([, operand]) => operand !== null)
  return [rules.map(([operator, operand]) => ({ fieldName: key, operator, value: operand }))]
}

function both(some: readonly Conjunction[], others: readonly Conjunction[]) {
  return some.flatMap((one) => others.map((other) => [...one, ...other]))
}
