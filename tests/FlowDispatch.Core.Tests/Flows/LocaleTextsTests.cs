using FlowDispatch.Flows;

namespace FlowDispatch.Core.Tests.Flows;

public sealed class LocaleTextsTests
{
    private static readonly Dictionary<string, string> Texts = new() { ["en"] = "Hello", ["pt_BR"] = "Oi", ["es-MX"] = "Qué onda", ["es"] = "Hola", ["zh-Hant-TW"] = "你好" };

    [Theory]
    [InlineData("en", null, "Hello")]
    [InlineData("EN", null, "Hello")]
    [InlineData("en-GB", null, "Hello")] // ever less of the tag
    [InlineData("es-MX", null, "Qué onda")]
    [InlineData("es-AR", null, "Hola")]
    [InlineData("pt-BR", null, "Oi")]
    [InlineData("pt_br", null, "Oi")]
    [InlineData("pt-PT", null, "Oi")] // another of the same language
    [InlineData("pt", null, "Oi")]
    [InlineData("zh", null, "你好")]
    [InlineData("zh-Hant-HK", null, "你好")]
    [InlineData("fr", null, "default")]
    [InlineData("", null, "default")]
    [InlineData(null, null, "default")]
    [InlineData("fr", "es-CL", "Hola")] // then the automation's
    [InlineData(null, "en", "Hello")]
    [InlineData("pt", "en", "Oi")]
    [InlineData("fr", "de", "default")]
    [InlineData("e", null, "default")]
    public void A_person_gets_their_language_else_the_automations_else_the_text_that_stands_without_one(string? language, string? automation, string text) =>
        Assert.Equal(text, new LocaleTexts<string>("default", Texts, automation).For(language).Text);

    [Fact]
    public void Without_translations_everybody_gets_the_one_text() =>
        Assert.Equal((null, "default"), new LocaleTexts<string>("default", [], "en").For("en"));
}
