import { parseArgs } from 'node:util'

/** The parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | {
      readonly kind: 'shell'
      /** The state folder of the local run. */
      readonly data: string
    }

export const HELP = `Opens a prompt with the resources of the running local run: npm run shell -- [options]

  --data DIR  the state folder of the local run   (default: .local)
  --help      prints this text

Each class is bound to its local table:

  > const product = new Product()
  > await product.restock(3)
  > await Product.findOne(product.id)
  > for await (const { id, quantity } of Product.all()) console.log(id, quantity)

Commands may also come from a file: npm run shell < commands.js
`

export function parseCommand(args: string[]): Command {
  try {
    const { values } = parseArgs({
      args,
      options: {
        data: { type: 'string', default: '.local' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return values.help ? { kind: 'help' } : { kind: 'shell', data: values.data }
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : `${error}` }
  }
}
