import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { Dice } from './dice.ts'
import { CONDITIONS, JSON_TEXTS, LITERALS, NAMES, SCRAPS, TEXTS, VALUES } from './odd-values.ts'

/** An operation as a client sends it: right, nearly right, or nonsense. */
export interface OddOperation {
  readonly query: unknown
  readonly variables?: unknown
  readonly operationName?: unknown
}

/** Makes documents for a schema: each of them may be wrong in several ways. */
export class OddDocuments {
  readonly #schema: GraphQLSchema
  readonly #dice: Dice
  /** How often the current document is wrong: 0 for never. */
  #wrongness = 1
  /** The variables that the current document uses, with their types. */
  #used: { readonly name: string; readonly type: string; readonly value: unknown }[] = []

  constructor(schema: GraphQLSchema, dice: Dice) {
    this.#schema = schema
    this.#dice = dice
  }

  operation(): OddOperation {
    const dice = this.#dice
    this.#wrongness = dice.one([0, 0, 0, 0.1, 1])
    this.#used = []
    if (this.#mistake(0.05)) return { query: dice.one(VALUES), variables: dice.one(VALUES) }
    const document = this.#document()
    const query = this.#mistake(0.2) ? this.#damaged(document) : document
    return {
      query,
      variables: this.#variables(),
      ...(this.#mistake(0.1) && { operationName: dice.one([...NAMES, 'A', 1, null, []]) }),
    }
  }

  #mistake(probability: number): boolean {
    return this.#dice.chance(probability * this.#wrongness)
  }

  /** A document that costs much: wide, deep, or with fragments that double each other. */
  bomb(): string {
    const n = this.#dice.below(3000)
    const doubling = (spread: string) =>
      `{ ...F0 } ${Array.from({ length: n % 60 }, (_, i) => `fragment F${i} on Query { ${spread.replaceAll('$', `F${i + 1}`)} }`).join(' ')} fragment F${n % 60} on Query { __typename }`
    return this.#dice.one([
      '{ a '.repeat(n),
      '['.repeat(n),
      `{ ${'__typename '.repeat(n)} }`,
      `query (${Array.from({ length: n }, (_, i) => `$v${i}: Int`).join(' ')}) { __typename }`,
      `{ __typename ${'@skip(if: true) '.repeat(n)} }`,
      doubling('...$ ...$'),
      doubling('... on Query { ...$ } ...$'),
      `{ ${Array.from({ length: n }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      `query ($v: ${'['.repeat(n)}Int${']'.repeat(n)}) { __typename }`,
      `#${'x'.repeat(n * 100)}\n{ __typename }`,
      `{ __schema { types { fields { type { ${'ofType { '.repeat(n % 30)} name ${'} '.repeat(n % 30)} } } } } }`,
    ])
  }

  #document(): string {
    const operations = Array.from({ length: this.#mistake(0.1) ? 2 : 1 }, () => this.#operation())
    const fragments = this.#mistake(0.3) ? [this.#fragment('F'), this.#fragment('G')] : []
    return [...operations, ...fragments].join('\n')
  }

  #operation(): string {
    const dice = this.#dice
    const kind = dice.one(['query', 'query', 'mutation', 'mutation', 'subscription'])
    const name = dice.chance(0.3) ? dice.one([...NAMES, 'A', 'B']) : ''
    const root =
      kind === 'query'
        ? this.#schema.getQueryType()
        : kind === 'mutation'
          ? this.#schema.getMutationType()
          : this.#schema.getSubscriptionType()
    const condition = this.#mistake(0.1) ? this.#condition() : ''
    const single = kind === 'subscription' && !this.#mistake(0.3)
    const selection =
      single && isObjectType(root) ? `{ ${this.#field(root, 4)} }` : this.#selection(root, 4)
    return `${kind} ${name}${this.#declarations()} ${condition} ${selection}`
  }

  #declarations(): string {
    const dice = this.#dice
    const declared = this.#used.map(({ name, type }) => `$${name}: ${type}`)
    const types = ['Boolean!', 'Int = "x"', 'Nothing', '[ID!]!', 'Query', ...this.#inputs()]
    if (this.#mistake(0.3)) declared.push(`$${dice.one(NAMES)}: ${dice.one(types)}`)
    if (this.#mistake(0.1)) declared.pop()
    return declared.length > 0 ? `(${declared.join(', ')})` : ''
  }

  /** Returns the use of a new variable, whose value fits more often than not. */
  #variable(type: string): string {
    const name = this.#mistake(0.1) ? this.#dice.one(NAMES) : `v${this.#used.length}`
    const value = type === 'Boolean!' ? this.#dice.chance(0.5) : this.#dice.one(VALUES)
    this.#used.push({ name, type, value })
    return `$${name}`
  }

  #condition(): string {
    if (this.#mistake(0.5)) return this.#dice.one(CONDITIONS)
    return `@${this.#dice.one(['skip', 'include'])}(if: ${this.#variable('Boolean!')})`
  }

  #inputs(): readonly string[] {
    return Object.keys(this.#schema.getTypeMap()).filter((name) => /Input$|^AWS/.test(name))
  }

  #fragment(name: string): string {
    const type = this.#dice.one(Object.values(this.#schema.getTypeMap()))
    return `fragment ${name} on ${type.name} ${this.#selection(type, 2)}`
  }

  #selection(type: GraphQLNamedType | undefined | null, depth: number): string {
    const dice = this.#dice
    if (!isObjectType(type)) return this.#mistake(0.05) ? '{ id }' : ''
    const count = 1 + dice.below(dice.chance(0.1) ? 30 : 3)
    const fields = Array.from({ length: count }, (_, index) => this.#selected(type, depth, index))
    return this.#mistake(0.01) ? '{}' : `{ ${fields.join(' ')} }`
  }

  #selected(type: GraphQLObjectType, depth: number, index: number): string {
    const dice = this.#dice
    const condition = dice.chance(0.15) ? ` ${this.#condition()}` : ''
    if (this.#mistake(0.08)) return `...${dice.one(['F', 'G', 'H'])}${condition}`
    if (dice.chance(0.05) && depth > 0)
      return `... on ${type.name}${condition} { x${index}: __typename }`
    if (depth <= 0) return `x${index}: __typename${condition}`
    if (this.#mistake(0.05)) return `${dice.one(NAMES)}${condition}`
    const alias = this.#mistake(0.15) ? dice.one(NAMES) : `x${index}`
    return `${alias}: ${this.#field(type, depth, condition)}`
  }

  #field(type: GraphQLObjectType, depth: number, condition = ''): string {
    const dice = this.#dice
    const field = dice.one(Object.values(type.getFields()))
    const given = field.args
      .filter((arg) => (isNonNullType(arg.type) ? !this.#mistake(0.03) : dice.chance(0.4)))
      .map((arg) => `${arg.name}: ${this.#literal(arg.type, 3)}`)
    if (this.#mistake(0.03)) given.push(`${dice.one(NAMES)}: ${dice.one(LITERALS)}`)
    const args = given.length > 0 ? `(${given.join(', ')})` : ''
    return `${field.name}${args}${condition} ${this.#selection(getNamedType(field.type), depth - 1)}`
  }

  #literal(type: GraphQLInputType, depth: number): string {
    const dice = this.#dice
    if (this.#mistake(0.08)) return dice.one(LITERALS)
    if (dice.chance(0.15)) return this.#variable(String(type))
    if (isNonNullType(type)) return this.#literal(type.ofType, depth)
    if (isListType(type)) return `[${this.#literal(type.ofType, depth)}]`
    if (isEnumType(type)) return dice.one(type.getValues()).name
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || dice.chance(0.3),
      )
      return `{${fields.map((field) => `${field.name}: ${this.#literal(field.type, depth - 1)}`).join(', ')}}`
    }
    const { name } = type
    if (name === 'Int') return String(dice.below(100) - 10)
    if (name === 'Boolean') return 'true'
    if (name === 'AWSJSON' && dice.chance(0.8)) return JSON.stringify(dice.one(JSON_TEXTS))
    if (name === 'AWSDateTime' && !this.#mistake(0.2)) return '"2026-11-23T21:54:19Z"'
    return JSON.stringify(dice.chance(0.5) ? 'text' : dice.one(TEXTS))
  }

  #variables(): unknown {
    const dice = this.#dice
    if (this.#mistake(0.05)) return dice.one(VALUES)
    const used = this.#used.filter(() => !this.#mistake(0.1))
    const extra = this.#mistake(0.3) ? [[dice.one(NAMES), dice.one(VALUES)]] : []
    return Object.fromEntries([...used.map(({ name, value }) => [name, value]), ...extra])
  }

  /** Removes, doubles or inserts parts of a text. */
  #damaged(text: string): string {
    const dice = this.#dice
    const at = dice.below(text.length)
    const to = at + dice.below(20)
    return (
      text.slice(0, at) + dice.one(['', ...SCRAPS, text.slice(at, to).repeat(2)]) + text.slice(to)
    )
  }
}
