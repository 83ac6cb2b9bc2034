export const commands = { restockProduct() {}, reserveProduct() {} }
