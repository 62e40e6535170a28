using FlowDispatch.Templating.Scripts;

namespace FlowDispatch.Core.Tests.Templating.Scripts;

public sealed class TextScriptsTests
{
    [Theory]
    [InlineData("", Script.None)]
    [InlineData("12 - 7!", Script.None)]
    [InlineData("Ana", Script.Latin)]
    [InlineData("João d'Ávila ß ½ 10%", Script.Latin)]
    [InlineData("Nguyễn", Script.Latin)]
    [InlineData("Анна", Script.Cyrillic)]
    [InlineData("Αθηνά", Script.Greek)]
    [InlineData("שלום", Script.Hebrew)]
    [InlineData("سارة", Script.Arabic)]
    [InlineData("नेहा", Script.Devanagari)]
    [InlineData("สมชาย", Script.Thai)]
    [InlineData("김민준", Script.Hangul)]
    [InlineData("さくら サクラ", Script.Kana)]
    [InlineData("王伟 𠮷", Script.Han)]
    [InlineData("Հայկ", Script.Armenian)]
    [InlineData("ნინო", Script.Other)]
    [InlineData("王 John", Script.Han | Script.Latin)]
    [InlineData("😀", Script.None)]
    public void A_text_is_written_in(string text, object script)
    {
        var found = TextScripts.Of(text);

        Assert.Equal(script, found.Scripts);
        Assert.Empty(found.Signs);
    }

    [Theory]
    [InlineData("Pаula", "mixed_scripts")] // the second letter is Cyrillic
    [InlineData("Анна Silva", "")]
    [InlineData("JoÃ£o", "unreadable")]
    [InlineData("SÃ£o Paulo, BelÃ©m", "unreadable")]
    [InlineData("ÂNGELA Ã", "")]
    [InlineData("Jo\uFFFDo", "unreadable")]
    [InlineData("Jo\u0000", "unreadable")]
    [InlineData("\uD83D", "unreadable")]
    [InlineData("a\nb\tc\r\n", "")]
    [InlineData("oof\u202Egpj", "unreadable")]
    [InlineData("שלום\u200F", "")]
    [InlineData("{{ x }}", "braces")]
    [InlineData("a {% b", "braces")]
    [InlineData("{ x }", "")]
    public void What_went_wrong_with_a_text_shows(string text, string sign) =>
        Assert.Equal(sign.Length == 0 ? [] : [sign], TextScripts.Of(text).Signs);
}
