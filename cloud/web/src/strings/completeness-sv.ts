/** Kalenderns ord, på svenska. */
import type { completeness as english } from './completeness-en.ts';

export const completeness: typeof english = {
  title: 'Saknas något?',
  link: 'Kalender',
  linkOf: (name) => `Kalender: saknas något av ${name}?`,
  intro:
    'Varje avläsning har ett nummer. Ett som aldrig kom lämnar ett hål mellan sina grannar, och det syns här. Dygnen räknas i UTC.',
  skip: 'Hoppa till kalendern',
  previous: 'Månaden före',
  next: 'Månaden efter',
  weekdays: ['Mån', 'Tis', 'Ons', 'Tor', 'Fre', 'Lör', 'Sön'],
  grid: (month) => `${month}: välj en dag med piltangenterna`,
  legend: 'Vad märkena betyder',
  states: {
    complete: 'Fullständig',
    gaps: 'Uppgiven lucka',
    missing: 'Saknas',
    erased: 'Raderad',
    none: 'Inget ännu',
  },
  meanings: {
    complete: 'varje nummer finns här',
    gaps: 'agenten säger själv vad den inte kunde läsa',
    missing: 'nummer som aldrig kom, eller tystnad fast livstecken var utlovat',
    erased: 'på operatörens signerade ord',
    none: 'inget har kommit, eller dagen ligger framåt',
  },
  ofCount: (held, expected) => `${held} av ${expected}`,
  readings: (count) => (count === '1' ? '1 avläsning' : `${count} avläsningar`),
  missing: (count) => `${count} saknas`,
  soFar: 'hittills',
  month: (complete, other) =>
    other === 0
      ? `${complete} fullständiga dagar, och ingen med hål.`
      : `${complete} fullständiga dagar, ${other} med något att titta på.`,
  noneTitle: 'Inget lästes av den här månaden.',
  noneText: 'Välj en annan månad, eller vänta på första avläsningen: den dyker upp av sig själv.',
  unknownTitle: 'Inget är känt om den här källan.',
  unknownText:
    'Den har aldrig lästs, eller av en annan agent. Gå till översikten och välj den där.',
  failed: 'Kalendern kunde inte hämtas.',
  again: 'Försök igen',
  choose: 'Välj en dag för att se dess serier, och för att kontrollera den.',
  ownStream: 'källan själv',
  numbers: (first, last) => `nummer ${first} till ${last}`,
  silent: 'Inget kom alls, fast agenten hade lovat livstecken.',
  noReadings: 'Inget lästes av, och inget var utlovat.',
  notYet: 'Inget ännu.',
  goesOn: 'Serien har inte fortsatt förbi den här dagen: mer kan komma.',
  missingNumbers: (runs) => `Nummer som aldrig kom: ${runs}. Ingen säger varför.`,
  to: (first, last) => `${first} till ${last}`,
  erasedCount: (count) =>
    count === '1'
      ? '1 avläsning raderad, på operatörens ord'
      : `${count} avläsningar raderade, på operatörens ord`,
  gapFrom: (from, to) => `${from} till ${to}`,
  gapUpTo: (to) => `fram till ${to}`,
  moreGaps: (count) => `och ${count} luckor till; dagens bevis har alla`,
  astray: (count) =>
    `${count} av dem har en annan dags tid: klockan hoppade. Numren gäller, så de är med.`,
  verifyDay: 'Kontrollera dagen',
  numbersTitle: 'Dagens tal',
  numbersText:
    'Räknade ur avläsningarna efter en namngiven regel; din webbläsare räknar om vart och ett.',
  verifyNumber: 'Kontrollera',
  verifyNumberOf: (what) => `Kontrollera ${what}`,
  kinds: {
    consumption: 'Förbrukning',
    sightings: 'Läsningar',
    visits: 'Besök',
    track: 'Spårets längd',
    level: 'Högsta nivå',
  },
  assumes: {
    consumption: 'sista ställningen före dygnet till den sista i det',
    sightings: 'avläsningar med en tagg',
    visits: 'en tagg som inte setts på en minut kommer på nytt',
    track: 'storcirklar på ett klot med radien 6 371,0088 km',
    level: 'ur avståndet under locket, med en decimal',
  },
  dialogDay: (day) => `Kontrollera ${day}`,
  dialogNumber: (what, day) => `Kontrollera ${what}, ${day}`,
  fetched: (megabytes) => `${megabytes} MB hämtade`,
  judging: (megabytes) => `Bedömer ${megabytes} MB i den här webbläsaren, bredvid sidan`,
  waiting:
    'Inget är fel: tiden är ännu på väg genom liggaren, eller så har dess sista avläsning ingen efterföljare än. Kontrollera igen senare.',
  inFile: 'Vad filen innehåller',
  number: 'Talet',
  by: (projection) => `enligt ${projection}`,
  assuming: 'med antagandena',
  notComputed: 'Talet kunde inte räknas ut',
  other: 'Servern skickade bevis för en annan källa eller tid.',
};
