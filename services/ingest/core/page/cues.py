"""
Wording that gives furniture away, in the languages of most pages: what a line says it is, whatever the site.

Each pattern is of a kind of furniture, never of one site. They are matched against one line in lower case.
"""

from __future__ import annotations

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives))


SECTION = _any(
    r"(?:breaking|latest|top|live|world|local|national|international|business|sports?|political) news",
    r"breaking|urgent|exclusive|developing(?: story)?|just in|live(?: updates)?|news ?alert|flash|analysis|explainer",
    r"politics|world|business|opinion|sports?|technology|tech|science|health|culture|economy|markets|europe",
    r"africa|asia",
    r"middle east|americas|entertainment|travel|environment|climate|education|crime|weather|money|lifestyle",
    r"eilmeldung|politik|wirtschaft|ausland|inland|panorama|wissen|kultur",
    r"dernière(?:s)? (?:minute|heure|infos)|politique|économie|monde|société|en direct",
    r"última hora|urgente|política|economía|mundo|internacional|sociedad|últimas noticias",
    r"ultim'ora|economia|esteri|cronaca|срочно|последние новости|новости|политика|عاجل|أخبار|速報|国内|国際|快讯|突发",
)
"""The label over a headline: matched against the whole line."""

FURNITURE_OPENING = _any(
    # sharing and following
    r"(?:share|tweet|pin|email|print|whatsapp|facebook|twitter)\b.{0,40}$",
    r"follow .{2,60} on (?:facebook|twitter|instagram|x|linkedin|telegram)\b",
    r"(?:teilen|partager|compartir|condividi|поделиться|udostępnij|delen)\b",
    # navigation
    r"(?:home|menu|search|sections?|close|next|previous|prev|more|login|log in|sign in|register|subscribe|"
    r"advertisement)\b.{0,16}$",
    r"you are (?:here|at)\b|load more|show more|see all|view all|see also\b|more (?:from|on|in|news|stories)\b",
    r"(?:related|don[’']t miss|see more|also on\b.{0,30}|more on this|most read|must read|topics|view comments?)\b ?:",
    r"don[’']t miss$|image \d+ of \d+$|like this (?:story|article)\?|\[ ?\d+ comments? ?\]|\d+ comments?\b",
    r"(?:\d+ )?shares?$",
    r".{2,40} is an? (?:[\w-]+ ){0,4}(?:reporter|correspondent|editor|writer|journalist|columnist|"
    r"contributor)\b.{0,80}$",
    r"(?:read|continue) (?:more|reading|next|also|full)\b|also read\b|read:|watch:|listen:|video:|photos?:",
    r"gallery:",
    r"(?:lesen sie (?:auch|mehr)|mehr zum thema|lire (?:aussi|la suite)|à lire aussi|leer (?:más|también)|"
    r"te puede interesar)",
    r"(?:leggi anche|читайте также|czytaj (?:też|także)|lees ook|læs også|läs (?:också|mer)|les også|"
    r"leia (?:também|mais))",
    r"(?:اقرأ أيضا|関連記事|相关阅读|相关新闻)",
    # advertising
    r"(?:advertisement|advertising|sponsored|anzeige|werbung|publicité|publicidad|pubblicità|реклама|"
    r"reklama)\b.{0,30}$",
    # images and players
    r"(?:\d+ ?[x:×] ?\d+|image|photo|video|file|audio)(?: image| photo| caption)?$",
    r"image (?:copyright|caption|source|credit)",
    # what a publisher says of itself
    r"about (?:us|the author|this|the)\b.{0,30}$|contact (?:us|the)\b",
    r"(?:got|have) (?:a|any) (?:news )?(?:tip|story|question|comment)|disclaimer\b|disclosure\b",
    r"editor'?s? (?:picks?|choice)",
)
"""The line is furniture by its beginning: matched at the start of the line."""

FURNITURE = _any(
    # rights, consent
    r"©|\(c\) ?\d{4}|copyright|all rights reserved|alle rechte vorbehalten|tous droits réservés",
    r"derechos reservados|tutti i diritti|все права защищены|(?:use|uses|using|accept|our) cookies?\b",
    r"cookie (?:policy|settings|notice)|privacy (?:policy|notice|settings|statement)",
    r"terms (?:of|and|&) (?:use|service|conditions)|datenschutz|impressum|this site is protected by recaptcha",
    r"do not sell my|gdpr\b|mentions légales|aviso legal",
    # subscription and sign-up
    r"\bsign (?:up|in)\b.{0,60}(?:newsletter|email|inbox|account|free|today|our|for)",
    r"\bsubscribe (?:to|now|today|for)\b|\bsubscri(?:be|ption)\b.{0,40}\b(?:offer|digital|today|unlimited)",
    r"newsletters?\b.{0,60}(?:inbox|sign|subscribe)|already (?:a|have an?) (?:subscriber|member|account)",
    r"(?:create|have) an account|log ?in to|register (?:now|for free)",
    r"delivered (?:straight |directly )?to your inbox|(?:get|read) (?:unlimited|full) access",
    r"support (?:our|independent) journalism|jetzt (?:abonnieren|anmelden)|newsletter (?:abonnieren|anmelden)",
    r"abonnez-vous|suscríb|iscriviti|подпишитесь",
    # sharing and following
    r"share (?:this|on|via|with)\b|follow (?:us|me)\b|like us on|join us on|find us on|copy (?:the )?link",
    r"send (?:us )?a tip|\(opens in (?:a )?new (?:window|tab)\)|download (?:the|our) .{0,30}app\b",
    r"available on (?:ios|android)|(?:click|tap) here\b|open in (?:a )?new window",
    # navigation
    r"accessibility (?:links|help|statement|menu)|skip to (?:main )?(?:content|navigation|search)|back to top",
    r"site (?:index|map)|zum inhalt springen|aller au contenu|ir al contenido|vai al contenuto|перейти к",
    # advertising
    r"(?:article|story) continues (?:below|after)|continue reading (?:the main|below)|supported by\b.{0,20}$",
    r"sponsored (?:by|content)|as an amazon associate|affiliate (?:links?|commission)",
    r"(?:may|will) (?:earn|receive) .{0,20}commission",
    # images and players
    r"\b\d+x\d+ image\b|(?:image|photo|picture|video|media) (?:copyright|caption|credit|source|playback)",
    r"hide caption|toggle caption|enlarge (?:this )?image|playback (?:is )?(?:un|not )supported",
    r"your browser does not support|enable javascript|javascript (?:is )?(?:disabled|required)",
    # what a publisher says of itself
    r"\b(?:is|are|as) an? (?:independent|non-?profit|award-winning|leading|trusted|registered).{0,80}(?:news|"
    r"media|journalis|publish|charity|broadcaster)",
    r"\bjournalists? (?:report|bring|cover|provide)s?\b.{0,80}\b(?:countries|languages|world)",
    r"we (?:provide|bring you|report|deliver) (?:what|the|you)\b",
    r"(?:email|contact|write to) (?:us|the (?:author|editor|newsroom|reporter))\b",
    r"editorial (?:standards|guidelines)|report an? (?:error|mistake|correction)|our standards:",
    r"(?:the )?(?:opinions|views) expressed|we may (?:earn|use)",
)
"""The line is furniture by words anywhere in it: searched in the line."""

BREAK = _any(
    r"related(?: (?:articles?|stories|news|posts?|topics?|content|coverage|links?|tags?|items?|videos?))?:?",
    r"(?:you (?:may|might) (?:also )?(?:like|be interested in)|recommended(?: (?:for you|articles|stories|"
    r"reading))?|trending(?: now)?).{0,20}",
    r"(?:most|more) (?:popular|read|viewed|commented|shared|watched|recent|news|stories|from|on this|like this|"
    r"top stories).{0,30}",
    r"(?:top|latest|other|more|popular|recent|editors'?) (?:stories|news|articles|videos|headlines|posts|picks|"
    r"comments).{0,20}",
    r"(?:tags?|topics?|filed under|keywords|categories|in this article|related tags|labels)\b.{0,200}",
    r"from (?:around|across) the web|promoted (?:stories|content|links)|paid (?:content|partner).*|around the web",
    r"up next|read next|next article.*|previous article.*|sponsored (?:stories|links|content).*|about the authors?.*",
    r"mehr zum thema|meistgelesen.*|das könnte sie auch interessieren.*|schlagwörter.*|themen:?.*",
    r"weitere (?:artikel|themen|meldungen).*",
    r"(?:sur le même (?:sujet|thème)|à lire aussi|les plus lus|articles? (?:liés|similaires|associés)).*",
    r"(?:noticias? relacionadas?|lo más (?:leído|visto)|más (?:noticias|información)|relacionados?|etiquetas).*",
    r"(?:notizie correlate|articoli correlati|i più letti|leggi anche|tag:|notícias relacionadas|mais lidas|"
    r"veja também).*",
    r"(?:по теме|читайте также|материалы по теме|самое (?:популярное|читаемое)|теги:|czytaj (?:też|także|"
    r"więcej)|zobacz też).*",
    r"(?:lees ook|meest gelezen|läs (?:mer|också)|mest lästa|relaterade|najczęściej czytane).*",
    r"(?:関連記事|人気記事|相关(?:阅读|新闻)|热门|bu haber|ilgili haberler|en çok okunan|baca juga).*",
    r"(?:berita terkait|terpopuler).*",
    r"(?:اقرأ أيضا|مواضيع ذات صلة|الأكثر قراءة).*",
)
"""What stands over links to other stories, in an article or below it: matched against a whole short line."""

END = _any(
    r"(?:\d+ )?(?:user |reader )?(?:comments?|responses?|replies|thoughts|reactions)(?: ?\(\d+\))?(?: (?:to|on) .*)?:?",
    r"(?:leave|post|add|write|join|view|show|load|submit) (?:a |the |your |all )?(?:\d+ )?(?:comments?|reply|"
    r"conversation|discussion).*",
    r"what do you think\??|have your say.*|comments are closed.*|be the first to comment.*|popular comments.*",
    r"sort by.*best.*",
    r"(?:\d+ )?kommentare?\b.*|kommentar (?:schreiben|verfassen).*|(?:\d+ )?commentaires?\b.*|réagir.*",
    r"laisser un commentaire.*",
    r"(?:\d+ )?comentarios?\b.*|(?:\d+ )?comentários?\b.*|deixe um comentário.*|deja (?:un|tu) comentario.*",
    r"(?:\d+ )?commenti\b.*|lascia un commento.*",
    r"(?:\d+ )?комментари(?:и|ев|й)\b.*|komentarze\b.*|(?:\d+ )?reacties\b.*|kommentarer\b.*|コメント.*|评论.*",
    r"yorumlar.*|komentar\b.*|تعليقات.*",
)
"""What stands over readers' comments: matched against a whole short line. No article goes on below."""

THREAD = _any(
    r"^.{0,40}\d{4},? (?:at )?\d{1,2}[:.]\d{2} ?(?:[ap]\.?m\.?)?.{0,12}$",
    r"^.{0,30}\b(?:(?:\d+|an?|one) (?:second|minute|min|hour|hr|day|week|month|year)s? ago)\b.{0,20}$",
    r"^(?:\S+ ){1,4}(?:says|said|wrote|writes|schreibt|a écrit|dice|disse):?$|^reply(?: to .{1,30})?$",
    r"^\d+ (?:likes?|points?|upvotes?)\b.{0,20}$",
)
"""A line of a thread of comments or a list of posts: a time, a name that says something."""

CREDIT = _any(
    r"^[(\[]?(?:with |additional |also |further )?report(?:ing|ed) (?:and writing )?by\b",
    r"^with (?:material|additional|files|information|inputs?) (?:from|by)\b",
    r"^[(\[]?(?:writing|edit(?:ing|ed)|compiled|written|produced|translated|contribut(?:ed|ing)) by\b",
    r"\bcontributed (?:to this|reporting)\b",
    r"^based on report(?:s|ing) by\b|^[(\[]?reporting from\b.{0,80}$",
    r"^(?:source|quelle|fuente|fonte|источник): ?.{2,60}$",
)
"""Who else reported: kept apart from the text."""

BYLINE = _any(
    r"^(?:by|von|por|par|di|door|av|автор:?) [\w.'’-]+(?: [\w.'’,&-]+){0,12}$",
    r"^(?:(?:last )?updated|published|posted|first published|modified|created|aktualisiert|veröffentlicht|"
    r"publié|mis à jour|publicado|actualizado|pubblicato|aggiornato|опубликовано|обновлено)\b.{0,80}$",
)
"""A line of author or date over an article."""

CAPTION = _any(
    r"\b(?:file|handout|undated|archive) (?:photo|image|picture)\b|\(file\)|\bpictured\b",
    r"\bseen (?:here|in this)\b|\bin this (?:file |undated |handout )?(?:photo|image|picture)\b",
    r"(?:\(|\bphoto(?:graph)?(?:s)?(?: by)?:? |image:? |credit:? ?|credits: |picture: |foto: |crédit |"
    r"©)[^.]{0,60}(?:getty|reuters|afp|\bap\b|epa|dpa|shutterstock|ap photo|associated press|bloomberg|tass)",
    r"^(?:photo|image|picture|foto|above|pictured|caption|credits?|bild|фото)\b ?:",
    r"^(?:photo|image|picture|illustration)s? (?:by|courtesy|via|credit)|\bphoto(?:graph)? (?:by|courtesy of)\b",
    r"\bcredit\.\.\.",
    r"(?:/getty images|/afp|/reuters|/ap photo|via (?:getty|ap|reuters)|ap photo)\b",
    r"\((?:left|right|centre|center|l|r|c)\)[, ].{0,80}\b(?:at|with|during|and)\b|, (?:left|right|center|centre),",
)
"""What is said under a picture, by its own words."""

DATELINE = _any(r"^(?:[^()]{2,60} )?\([^()]{2,30}\) ?[-–—:] ?\S")
"""The beginning of an agency's first paragraph: place, agency in brackets, dash."""

DATED = _any(
    r"\b(?:in|on|,) (?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|"
    r"\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?) (?:\d{1,2}, )?\d{4}\.?$",
    r"\b(?:on|,) (?:[a-z]+day, )?(?:\d{1,2} )?[a-z]+\.? (?:\d{1,2}, )?\d{4}\.?$",
)
"""A picture's caption ends with when it was taken."""

SCENE = _any(
    r"\b(?:stand|sit|walk|look|hold|gather|pose|wave|speak|attend|arrive|carry|inspect|ride|march|protest|hug|"
    r"wait|leave|rest|play|work|watch|search|survey|greet|shake|clean|pray|react|flee|queue|line up|listen|"
    r"embrace|cross|pass|drive|celebrate|take part)(?:s|es)?\b",
)
"""A picture's caption tells its scene in the present tense."""
