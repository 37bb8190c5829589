/** What is asked of WebAssembly here, typed without the DOM's declarations. */
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };
