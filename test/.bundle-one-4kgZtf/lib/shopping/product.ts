import { Aggregate } from '/work/main/lib/event-sourcing/index.ts'
export class Product extends Aggregate {
  static upcasters = { Delivered: ({ pieces }) => ({ type: 'ProductRestocked', amount: pieces }) }
  onProductRestocked() {}
}
