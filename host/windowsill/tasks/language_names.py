"""What languages are called in English, for instructions to models (CLDR, localeDisplayNames). Pure."""

from __future__ import annotations

from typing import Final

NAMES: Final = {
    tag: name.replace("_", " ")
    for tag, name in (
        entry.split("=")
        for entry in """
        af=Afrikaans am=Amharic ar=Arabic as=Assamese ast=Asturian az=Azerbaijani ba=Bashkir be=Belarusian
        bg=Bulgarian bm=Bambara bn=Bangla bo=Tibetan br=Breton bs=Bosnian ca=Catalan ceb=Cebuano
        ckb=Central_Kurdish co=Corsican cs=Czech cy=Welsh da=Danish de=German dv=Divehi ee=Ewe el=Greek
        en=English eo=Esperanto es=Spanish et=Estonian eu=Basque fa=Persian ff=Fula fi=Finnish fil=Filipino
        fo=Faroese fr=French fy=Western_Frisian ga=Irish gd=Scottish_Gaelic gl=Galician gn=Guarani gu=Gujarati
        ha=Hausa haw=Hawaiian he=Hebrew hi=Hindi hmn=Hmong hr=Croatian ht=Haitian_Creole hu=Hungarian
        hy=Armenian ia=Interlingua id=Indonesian ig=Igbo is=Icelandic it=Italian ja=Japanese jv=Javanese
        ka=Georgian kk=Kazakh km=Khmer kmr=Northern_Kurdish kn=Kannada ko=Korean ku=Kurdish ky=Kyrgyz la=Latin
        lb=Luxembourgish lg=Ganda ln=Lingala lo=Lao lt=Lithuanian lv=Latvian mai=Maithili mg=Malagasy mi=Māori
        mk=Macedonian ml=Malayalam mn=Mongolian mr=Marathi ms=Malay mt=Maltese my=Burmese nb=Norwegian_Bokmål
        ne=Nepali nl=Dutch nn=Norwegian_Nynorsk no=Norwegian nso=Northern_Sotho ny=Nyanja oc=Occitan om=Oromo
        or=Odia pa=Punjabi pl=Polish ps=Pashto pt=Portuguese qu=Quechua rm=Romansh rn=Rundi ro=Romanian
        ru=Russian rw=Kinyarwanda sa=Sanskrit sc=Sardinian sd=Sindhi si=Sinhala sk=Slovak sl=Slovenian sm=Samoan
        sn=Shona so=Somali sq=Albanian sr=Serbian ss=Swati st=Southern_Sotho su=Sundanese sv=Swedish sw=Swahili
        ta=Tamil te=Telugu tg=Tajik th=Thai ti=Tigrinya tk=Turkmen tn=Tswana to=Tongan tr=Turkish ts=Tsonga
        tt=Tatar ug=Uyghur uk=Ukrainian ur=Urdu uz=Uzbek vi=Vietnamese wo=Wolof xh=Xhosa yi=Yiddish yo=Yoruba
        yue=Cantonese zh=Chinese zh-Hans=Simplified_Chinese zh-Hant=Traditional_Chinese zu=Zulu
        """.split()  # noqa: SIM905 - one name a line would take four pages
    )
}


def english_name(tag: str) -> str:
    """The language with its tag, which tells models the script and the region."""
    wider = tag
    while wider not in NAMES and "-" in wider:
        wider = wider.rsplit("-", 1)[0]
    return f"{NAMES[wider]} ({tag})" if wider in NAMES else tag
