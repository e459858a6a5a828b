//! What notices say, in the languages that are known best. One line has several phrases.

/// What stands beside the word JavaScript where a page asks for it. One language a line.
pub(super) const ASKING: &[&str] = &[
    "enabl, turn on, activate, disabled, required, requires, need javascript, needs javascript",
    "activer, activez, désactivé, nécessite, requiert",
    "zapn, povol, vyžaduj, vypnut, potřebuje",
    "aktivier, einschalt, erforderlich, benötigt",
    "habilit, activar, active javascript, requiere, desactivado",
    "abilita, attiva, richiede, necessario",
    "ativar, ative o javascript, requer, necessário",
    "inschakel, schakel, vereist",
];

/// What the title or the heading of a missing page says.
pub(super) const MISSING: &[&str] = &[
    "page not found, page could not be found, page cannot be found, page can't be found, page couldn't be found",
    "page was not found, page does not exist, page doesn't exist, page no longer exists",
    "can't find that page, can't find this page, can't find the page, couldn't find that page, couldn't find this page",
    "couldn't find the page, page isn't available, 404 not found, error 404, 404 error, http 404",
    "looking for could not be found, looking for couldn't be found, looking for cannot be found, looking for can't be found",
    "looking for was not found, looking for does not exist, looking for doesn't exist, looking for no longer exists",
    "page non trouvée, page introuvable, page n'existe pas, page n'existe plus, page inexistante",
    "page n'a pas été trouvée, page demandée n'existe pas, page demandée est introuvable, page demandée n'a pas été",
    "page est introuvable, cherchez n'existe pas, cherchez est introuvable, recherchez n'existe pas",
    "recherchez est introuvable, erreur 404",
    "stránka nenalezena, stránka nebyla nalezena, stránka neexistuje, stránka již neexistuje",
    "stránku se nepodařilo najít, stránku jsme nenašli, chyba 404",
    "seite nicht gefunden, seite wurde nicht gefunden, seite konnte nicht gefunden, seite existiert nicht",
    "seite ist nicht vorhanden, seite wurde leider nicht gefunden, seite leider nicht gefunden, fehler 404",
    "página no encontrada, página no existe, no se encontró la página, no se ha encontrado la página",
    "página solicitada no existe, página que buscas no existe, página que busca no existe",
    "pagina non trovata, pagina non esiste, pagina inesistente, pagina richiesta non esiste, errore 404",
    "página não encontrada, página não foi encontrada, página não existe, página inexistente, erro 404",
    "página solicitada não existe, página que procura não existe",
    "pagina niet gevonden, pagina is niet gevonden, pagina bestaat niet, pagina kon niet worden gevonden, fout 404",
];

/// What says it too where it stands alone.
pub(super) const NOT_FOUND: &[&str] = &[
    "not found",
    "non trouvé",
    "introuvable",
    "nenalezeno",
    "nicht gefunden",
    "no encontrado",
    "non trovato",
    "não encontrado",
    "niet gevonden",
];

/// Names of characters that occur in these words.
pub(super) const CHARACTERS: &[(&str, &str)] = &[
    ("&nbsp;", " "),
    ("&rsquo;", "'"),
    ("&eacute;", "é"),
    ("&aacute;", "á"),
    ("&iacute;", "í"),
    ("&oacute;", "ó"),
    ("&atilde;", "ã"),
    ("&ouml;", "ö"),
];
