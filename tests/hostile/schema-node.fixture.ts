/** What the tests read of a valibot schema. */
export interface Node {
  type: string;
  entries?: Record<string, Node>;
  wrapped?: Node;
  item?: Node;
  key?: Node;
  value?: Node;
  options?: readonly unknown[];
  literal?: unknown;
  pipe?: Part[];
}
export type Part = Node & { kind: string; requirement?: unknown; message?: unknown };
