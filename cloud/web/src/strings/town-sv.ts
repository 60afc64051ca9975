/** Orden för översikten och för det som inte är mätare, på svenska. */
import type { level as enLevel, map as enMap, tags as enTags, town as enTown } from './town-en.ts';

export const town: typeof enTown = {
  title: 'Sigillstad just nu',
  overview: 'Översikt',
  intro:
    'Varje tal här förseglades där det lästes av. Tryck på Kontrollera bredvid ett: din egen webbläsare prövar det, bakåt till enheten och framåt till liggaren.',
  skip: 'Hoppa till översikten',
  road: 'Så blir en avläsning fast',
  kinds: {
    curve: 'Effekt',
    tags: 'Sedda taggar',
    position: 'Positioner',
    level: 'Fyllnadsgrad',
    numbers: 'Mätvärden',
    statements: 'Utsagor',
    agent: 'Agent',
  },
  open: 'Alla avläsningar',
  openOf: (name) => `Alla avläsningar: ${name}`,
  ago: (age) => `för ${age} sedan`,
  silent: (age) => `Tyst i ${age}`,
  nothing: 'Inget avläst ännu',
  nothingText:
    'Den första avläsningen dyker upp här av sig själv. Kommer ingen, fråga gatewayen vad källan säger: sigill gateway status.',
  lastHour: 'senaste timmen',
  since: (moment) => `sedan ${moment}`,
  more: (count) => `och ${count} till`,
  gap: (age) => `Lucka på ${age}`,
  gapUnknown: 'Lucka av okänd längd',
  gapLost: (count) => (count === '1' ? '1 avläsning förlorad' : `${count} avläsningar förlorade`),
  gapCauses: {
    restart: 'agenten startades om',
    power: 'lådan var utan ström',
    full: 'journalen var full',
    disk: 'disken gick inte att skriva',
    streams: 'fler enheter än som tas emot',
    flood: 'fler avläsningar än utlovat',
    rollback: 'journalen var äldre än gatewayens logg',
  },
  partFailed: 'Den här delen av sidan gick inte att ladda. Ladda om sidan.',
};

export const tags: typeof enTags = {
  looks: { animal: 'Djur', load: 'Pall', case: 'Kolli', thing: 'Tagg' },
  issuers: {
    country: (code) => `land ${code}`,
    maker: (code) => `tillverkare ${code}`,
    test: (code) => `${code}, reserverad för prov`,
  },
  antenna: (numbers) => `antenn ${numbers}`,
  cases: (count) => `med ${count} kolli`,
  times: (count) => (count === 1 ? 'sedd en gång' : `sedd ${count} gånger`),
  today: (count) => (count === '1' ? '1 avläsning i dag' : `${count} avläsningar i dag`),
  newest: 'Sedd senast',
  title: 'Vilka som passerat',
  caption: 'Taggar sedda nyligen, var och en med plats, tid och läge',
  tag: 'Tagg',
  place: 'Antenn',
  none: 'Ingen tagg sedd nyligen',
  noneText: 'Läsaren hörs; nästa tagg som passerar dyker upp här av sig själv.',
};

export const map: typeof enMap = {
  title: 'Karta',
  label: (names) =>
    `Karta med spåret efter ${names}. Piltangenterna flyttar den, plus och minus zoomar; under den kan man gå längs spåret.`,
  labelEmpty: 'Karta. Piltangenterna flyttar den, plus och minus zoomar.',
  zoomIn: 'Zooma in',
  zoomOut: 'Zooma ut',
  fit: 'Visa hela spåret',
  walk: 'Gå längs spåret',
  position: (n, total) => `Position ${n} av ${total}`,
  newest: 'Position',
  accuracy: (metres) => `± ${metres} m`,
  cell: (id, high, wide) => `någonstans i rutan ${id}, ${high} km hög och ${wide} km bred`,
  cellHint:
    'Där en exakt position skulle hota den som följs förseglar agenten en ruta för alla: den som behöver visar senare att den exakta positionen ligger i den.',
  verifyHint: 'Välj en punkt för att kontrollera den positionen.',
  none: 'Ingen position ännu',
  noneText:
    'Mottagaren har inte sett tillräckligt av himlen. Den första positionen dyker upp här av sig själv.',
  noFix: 'utan position',
  bare: 'Kuster och gränser: Natural Earth. I övrigt ritas bara det som lästs av.',
  town: 'Sigillstad finns inte. Kuster och gränser: Natural Earth.',
  loading: 'Ritar kartan …',
};

export const level: typeof enLevel = {
  full: (percent) => `${percent} % fullt`,
  computed: (digits) => `beräknat ur det förseglade avståndet ${digits} under locket`,
  sealed: 'som givaren förseglade det',
  unknown: 'Här är inte känt hur djupt det är; därför inga procent.',
  emptied: (moment) => `Tömt ${moment}`,
  notEmptied: (moment) => `Inte tömt sedan ${moment}, så långt kurvan vet`,
  lastDays: 'senaste 7 dygnen',
};
