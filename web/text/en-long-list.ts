// The words of long lists, in English.

export const longList = {
  find: 'In a long list the browser finds only what is near the screen. Press / to search all tasks.',
};
