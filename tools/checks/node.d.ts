/** The little that the examples take from node, whose own types would be one package more. */
declare module "node:process" {
  export const argv: string[];
}
