/** The licences that permit use in closed products, with a notice at most. SPDX identifiers. */
export const PERMITTED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
] as const

/**
 * Whether a licence is permitted: an SPDX expression of names, AND, OR and parentheses. With OR, one
 * permitted licence is enough. Other expressions are not permitted.
 * https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 */
export function isPermitted(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? []
  const permitted: readonly string[] = PERMITTED
  const any = (): boolean => {
    let result = all()
    while (tokens[0] === 'OR') {
      tokens.shift()
      const other = all()
      result ||= other
    }
    return result
  }
  const all = (): boolean => {
    let result = one()
    while (tokens[0] === 'AND') {
      tokens.shift()
      const other = one()
      result &&= other
    }
    return result
  }
  const one = (): boolean => {
    const token = tokens.shift()
    if (token !== '(') return token !== undefined && permitted.includes(token)
    const result = any()
    return tokens.shift() === ')' && result
  }
  return any() && tokens.length === 0
}
