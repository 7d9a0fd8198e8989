// The words of the pages that are shown when a page fails. A file of its own: those pages come with every first load.

export const error = {
  title: 'Something went wrong',
  hint: 'The page could not be shown. Nothing you saved is lost.',
  reference: (digest: string) => `Reference: ${digest}`,
  retry: 'Try again',
  notFound: 'There is no such page',
  notFoundHint: 'The address may be mistyped, or the page is gone.',
  home: 'Go to today',
};
