// The words of the pages that are shown when a page fails. A file of its own: those pages come with every first load.

export const error = {
  title: 'Something went wrong',
  hint: 'The page could not be shown. Nothing you saved is lost.',
  reference: (digest: string) => `Reference: ${digest}`,
  retry: 'Try again',
  notFound: 'Page not found',
  notFoundHint: 'The address may be wrong, or the page was removed.',
  home: 'Go to Today',
};
