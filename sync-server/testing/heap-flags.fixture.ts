/** Node's flags of `npm start`, for servers that tests start. With Node's own sizes a tenth of a start is garbage collection. */
export const HEAP_FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=16', '--heap-growing-percent=80'];
