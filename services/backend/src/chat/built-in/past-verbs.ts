// Verbs as they are said of what was done, and as titles have them: "paid" is done to a task "Pay rent".

const IRREGULAR: Readonly<Record<string, string>> = Object.fromEntries(
  `bought=buy brought=bring built=build caught=catch chose=choose chosen=choose cut=cut did=do done=do drew=draw drove=drive
  ate=eat eaten=eat fed=feed found=find flew=fly forgot=forget froze=freeze gave=give given=give got=get gotten=get went=go
  gone=go grew=grow had=have held=hold hung=hang kept=keep knew=know laid=lay learnt=learn left=leave lent=lend
  let=let made=make met=meet paid=pay put=put read=read rode=ride rang=ring rung=ring ran=run said=say saw=see seen=see
  sold=sell sent=send set=set sewed=sew shot=shoot shown=show shut=shut slept=sleep spoke=speak spoken=speak spent=spend
  swept=sweep swam=swim took=take taken=take taught=teach thought=think threw=throw thrown=throw understood=understand
  woke=wake wore=wear won=win wrote=write written=write`
    .split(/\s+/)
    .map((pair) => pair.split('=') as [string, string]),
);

/** Verbs that a past form may come from; none when the word is no past form. */
export function verbsOf(past: string): string[] {
  const word = past.toLowerCase();
  const irregular = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined;
  if (irregular !== undefined) return [irregular];
  const stem = /^(\p{L}{2,})ed$/u.exec(word)?.[1];
  if (stem === undefined) return [];
  return [
    stem,
    `${stem}e`,
    ...(stem.endsWith('i') ? [`${stem.slice(0, -1)}y`] : []),
    ...(stem.at(-1) === stem.at(-2) ? [stem.slice(0, -1)] : []),
  ];
}
