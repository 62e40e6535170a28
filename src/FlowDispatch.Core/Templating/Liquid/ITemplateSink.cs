namespace FlowDispatch.Templating.Liquid;

/// <summary>Takes a template piece by piece while it is read: each block it is told of is checked, within the bounds, and will be ended.</summary>
internal interface ITemplateSink
{
    /// <summary>Text as it stands, not empty. Within a loop it counts as work, since it is printed again and again.</summary>
    void Text(string text, bool inLoop);

    void Output(OutputExpression output);

    void Assign(string variable, Expression value);

    void If(Expression condition);

    void ElseIf(Expression condition);

    /// <summary>The other branch of the innermost <c>if</c>, or what a <c>for</c> over nothing prints.</summary>
    void Else();

    /// <summary>A <c>for</c> or <c>tablerow</c>; <paramref name="columns"/> is the latter's, null for one row.</summary>
    void Loop(string tag, string variable, Expression items, Expression? columns);

    /// <summary><c>break</c> or <c>continue</c>, somewhere within a <c>for</c>.</summary>
    void Jump(string tag);

    void Capture(string variable);

    void IfChanged();

    /// <summary>Ends the innermost block; <c>unless</c> and <c>case</c> were told as <c>if</c>.</summary>
    void End(string tag);
}
