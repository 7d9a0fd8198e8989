// What a translation is: the keys of the English texts, with an ICU message for each. A missing or surplus key is a type
// error; scripts/check-text.ts checks the rest (placeholders, plural forms).

/** The texts of `T` in another language. What is a function in English is an ICU message with its parameters' names. */
export type Translation<T> = T extends string
  ? string
  : T extends (...given: never[]) => string
    ? string
    : T extends readonly string[]
      ? readonly string[]
      : { readonly [K in keyof T]: Translation<T[K]> };
