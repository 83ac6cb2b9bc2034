/** `'sold-out'` as a GraphQL enum value: `'SOLD_OUT'`. */
export type EnumValue<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Uppercase<Head>}_${EnumValue<Tail>}`
  : Uppercase<S>

/** A domain's word as the enum value that the schema has for it. */
export function enumValue<S extends string>(word: S): EnumValue<S>
export function enumValue(word: string): string {
  return word.replaceAll('-', '_').toUpperCase()
}
